/**
 * Bytes in shared memory: what those without a `put` of their own do.
 *
 * @module
 */

/** Copies bytes to shared memory. The memory itself is sent: of a view, Deno's `node:worker_threads` copies the bytes. */
export function shareBytes(bytes: Uint8Array): SharedArrayBuffer {
  const shared = new SharedArrayBuffer(bytes.length);
  new Uint8Array(shared).set(bytes);
  return shared;
}

/**
 * Bytes on their way between a driver's thread and the gateway's.
 *
 * @module
 */

import { transfer } from "../api/put.ts";

/** From so many bytes on, they are moved and not copied. */
const LARGE = 64 << 10;

/** Bytes, to be moved if they are many. What is moved MUST be nobody else's. @internal */
export function moved(bytes: Uint8Array): Uint8Array {
  if (bytes.length < LARGE || !(bytes.buffer instanceof ArrayBuffer)) return bytes;
  // A view of a part: the rest of the buffer may be another's.
  const own = bytes.length === bytes.buffer.byteLength ? bytes as Uint8Array<ArrayBuffer> : bytes.slice();
  return transfer(own, [own.buffer]);
}

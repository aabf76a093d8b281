/**
 * Controls within one thread: what calls and copies cost at the least.
 *
 * @module
 */

import type { CallPeer, EchoPeer, SendPeer } from "./peer.ts";

const close = (): Promise<void> => Promise.resolve();

/** A bare function call. */
export function openFunction(): Promise<CallPeer & SendPeer> {
  let count = 0;
  return Promise.resolve({ call: (value) => value, send: () => count++, close });
}

/** The smallest honest mailbox: an array, and one microtask that empties it. */
export function openMailbox(): Promise<CallPeer & SendPeer> {
  let mailbox: { value: number; resolve: (value: number) => void }[] = [];
  let count = 0;
  const ask = (handle: (value: number) => number) => {
    const run = (): void => {
      const calls = mailbox;
      mailbox = [];
      for (const { value, resolve } of calls) resolve(handle(value));
    };
    return (value: number): Promise<number> =>
      new Promise((resolve) => {
        if (mailbox.push({ value, resolve }) === 1) queueMicrotask(run);
      });
  };
  return Promise.resolve({ call: ask((value) => value), send: ask(() => count++), close });
}

/** Bytes copied there and back, between buffers that exist already. */
export function openMemcpy(): Promise<EchoPeer> {
  let there = new Uint8Array(0);
  let back = there;
  return Promise.resolve({
    echo: (bytes) => {
      if (there.length !== bytes.length) {
        there = new Uint8Array(bytes.length);
        back = new Uint8Array(bytes.length);
      }
      there.set(bytes);
      back.set(there);
      return back;
    },
    close,
  });
}

/** Bytes copied there and back, into new memory each time, as a callee with arguments of its own must. */
export function openSlice(): Promise<EchoPeer> {
  return Promise.resolve({ echo: (bytes) => bytes.slice().slice(), close });
}

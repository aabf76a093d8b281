/**
 * The fastest control: two bare rings of integers in one `SharedArrayBuffer`. No frames, no ids, no errors, no Manta.
 *
 * @module
 */

import type { CallPeer, SendPeer, SyncPeer } from "./peer.ts";
import { look, makeMemory, repliesOf, REQUESTS } from "./ring_memory.ts";

/** What the bare ring can do in the benchmarks. */
export type RingPeer = CallPeer & SendPeer & SyncPeer;

/** Starts a worker at the other end of a ring that holds `capacity` integers each way, a power of two. */
export function openRing(capacity: number): Promise<RingPeer> {
  const words = makeMemory(capacity);
  const replies = repliesOf(capacity);
  const mask = capacity - 1;
  const worker = new Worker(new URL("./ring_worker.ts", import.meta.url), { type: "module" });
  worker.postMessage(words);

  let written = 0;
  let read = 0;

  const write = (value: number): void => {
    if (((written - Atomics.load(words, REQUESTS.head)) | 0) >= capacity) {
      throw new RangeError(`Cannot write to the ring: it is full, with ${capacity} integers`);
    }
    words[REQUESTS.slots + (written & mask)] = value;
    written = (written + 1) | 0;
    Atomics.store(words, REQUESTS.tail, written);
    if (Atomics.load(words, REQUESTS.parked) === 1) Atomics.notify(words, REQUESTS.tail);
  };
  const take = (): number => {
    const value = words[replies.slots + (read & mask)];
    read = (read + 1) | 0;
    return value;
  };
  const answered = (): number => {
    const value = take();
    Atomics.store(words, replies.head, read);
    return value;
  };
  const park = async (): Promise<void> => {
    Atomics.store(words, replies.parked, 1);
    await Atomics.waitAsync(words, replies.tail, read).value;
    Atomics.store(words, replies.parked, 0);
  };
  const parkForOne = async (): Promise<number> => {
    while (Atomics.load(words, replies.tail) === read) await park();
    return answered();
  };

  const waiting: ((value: number) => void)[] = [];
  let settled = 0;
  let draining = false;
  const drain = (): void => {
    const tail = look(words, replies.tail, read);
    if (tail === read) return void park().then(drain);
    while (read !== tail) waiting[settled++](take());
    Atomics.store(words, replies.head, read);
    if (settled < waiting.length) return queueMicrotask(drain);
    waiting.length = settled = 0;
    draining = false;
  };

  return Promise.resolve({
    call: (value) => {
      write(value);
      return look(words, replies.tail, read) === read ? parkForOne() : answered();
    },
    callSync: (value) => {
      write(value);
      while (look(words, replies.tail, read) === read) {
        Atomics.store(words, replies.parked, 1);
        Atomics.wait(words, replies.tail, read);
        Atomics.store(words, replies.parked, 0);
      }
      return answered();
    },
    send: (value) => {
      write(value);
      if (!draining) {
        draining = true;
        queueMicrotask(drain);
      }
      return new Promise((resolve) => waiting.push(resolve));
    },
    close: () => Promise.resolve(worker.terminate()),
  });
}

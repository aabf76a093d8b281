/**
 * The worker at the other end of the bare ring: answers each integer with itself, in order.
 *
 * @module
 */

import { look, repliesOf, REQUESTS } from "./ring_memory.ts";

const scope = globalThis as unknown as {
  onmessage: (event: { data: Int32Array<SharedArrayBuffer> }) => void;
};

scope.onmessage = ({ data }) => serve(data);

function serve(words: Int32Array<SharedArrayBuffer>): never {
  const capacity = (words.length - REQUESTS.slots) / 2;
  const mask = capacity - 1;
  const replies = repliesOf(capacity);
  // As many replies as requests: one counter does for both.
  let done = 0;
  for (;;) {
    const tail = look(words, REQUESTS.tail, done);
    if (tail === done) {
      Atomics.store(words, REQUESTS.parked, 1);
      Atomics.wait(words, REQUESTS.tail, done);
      Atomics.store(words, REQUESTS.parked, 0);
      continue;
    }
    while (done !== tail) {
      words[replies.slots + (done & mask)] = words[REQUESTS.slots + (done & mask)];
      done = (done + 1) | 0;
    }
    Atomics.store(words, REQUESTS.head, done);
    Atomics.store(words, replies.tail, done);
    if (Atomics.load(words, replies.parked) === 1) Atomics.notify(words, replies.tail);
  }
}

/** Actors that are handed a queue. This module does not load `@manta/ray/util`: a thread knows queues without it. */

import { Actor, remote, serializable } from "@manta/ray";
import type { Queue } from "@manta/ray/util";
import { type Fence, signal } from "./fence.ts";

/** A class that only this module declares; the thread of a queue does not load it. */
@serializable
export class Ticket {
  constructor(readonly number: number) {}
  text(): string {
    return `#${this.number}`;
  }
}

/** The same, with hooks. */
export class Secret {
  readonly #word: string;
  constructor(word: string) {
    this.#word = word;
  }
  tell(): string {
    return this.#word;
  }
}
serializable(Secret, {
  encode: (secret) => [secret.tell()],
  decode: ([word]: string[]) => new Secret(word),
});

@remote
export class Peer extends Actor {
  async putAll(queue: Queue<number>, items: readonly number[]): Promise<void> {
    for (const item of items) await queue.put(item);
  }
  async take(queue: Queue<unknown>, count: number): Promise<unknown[]> {
    const items: unknown[] = [];
    while (items.length < count) items.push(await queue.get());
    return items;
  }
  async putTickets(queue: Queue<unknown>): Promise<void> {
    await queue.put(new Ticket(7));
    await queue.put({ deep: [new Secret("sesame")] });
  }
  /** Takes what another one has put, of classes that the queue's thread does not know. */
  async readTickets(queue: Queue<unknown>): Promise<string[]> {
    const ticket = await queue.get() as Ticket;
    const { deep: [secret] } = await queue.get() as { deep: Secret[] };
    return [ticket.text(), secret.tell()];
  }
  /** Begins to wait for an item, for ever; says so in cell 0 when the queue knows. */
  async waitForItem(queue: Queue<unknown>, fence: Fence): Promise<unknown> {
    const item = queue.get();
    await queue.size();
    signal(fence);
    return await item;
  }
  /** Begins to wait for room. */
  async waitForRoom(queue: Queue<unknown>, item: unknown, fence: Fence): Promise<void> {
    const done = queue.put(item);
    await queue.size();
    signal(fence);
    await done;
  }
  /** The error of a queue, as it leaves an actor. */
  async getNow(queue: Queue<unknown>): Promise<unknown> {
    return await queue.getNowait();
  }
}

export const square = remote(async function square(queue: Queue<number>, n: number): Promise<void> {
  await queue.put(n * n);
});

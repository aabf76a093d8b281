/**
 * The control: actors that are an array and a microtask.
 *
 * @module
 */

import { Inbox } from "./inbox.ts";
import { behaviours } from "./programs.ts";
import type { ActorSystem, Address, Context, Receive } from "./system.ts";

type Message = Parameters<Receive>;

class Mailbox implements Context {
  #messages: Message[] = [];
  readonly #receive: Receive;

  constructor(make: (context: Context) => Receive) {
    this.#receive = make(this);
  }

  get self(): Address {
    return this;
  }

  spawn(behaviour: string, value: number, address?: Address): Address {
    return new Mailbox((context) => behaviours[behaviour](context, value, address!));
  }

  send(to: Address, ...message: Message): void {
    (to as Mailbox).take(message);
  }

  take(message: Message): void {
    if (this.#messages.push(message) === 1) queueMicrotask(this.#drain);
  }

  stop(): void {}

  readonly #drain = (): void => {
    const messages = this.#messages;
    this.#messages = [];
    for (const [tag, value, address] of messages) {
      this.#receive(tag, value, address);
    }
  };
}

/** Opens it. */
export function openMailboxes(): Promise<ActorSystem> {
  const inbox = new Inbox();
  const driver = new Mailbox(() => (_tag, value) => inbox.put(value));
  return Promise.resolve({
    self: driver,
    spawn: driver.spawn,
    send: driver.send,
    stop: driver.stop,
    next: () => inbox.next(),
    close: () => Promise.resolve(),
  });
}

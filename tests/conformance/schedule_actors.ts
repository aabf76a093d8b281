/** Actors of the tests of `@manta/ray/testing`. */

import { Actor, type ActorHandle, remote } from "@manta/ray";

/** An account whose methods read, await, and write: two deposits at once may lose one. */
@remote
export class Account extends Actor {
  #balance = 0;
  constructor(readonly bank: ActorHandle<Bank>) {
    super();
  }
  async deposit(amount: number): Promise<void> {
    const before = this.#balance;
    await this.bank.note.remote(`deposit ${amount}`);
    this.#balance = before + amount;
  }
  async depositSafely(amount: number): Promise<void> {
    await this.bank.note.remote(`deposit ${amount}`);
    this.#balance += amount;
  }
  balance(): number {
    return this.#balance;
  }
}

@remote
export class Bank extends Actor {
  readonly #notes: string[] = [];
  note(text: string): void {
    this.#notes.push(text);
  }
  notes(): string[] {
    return this.#notes;
  }
}

/** A sync actor that writes down what it is told. */
@remote({ placement: "thread" })
export class Journal extends Actor {
  /** Seen by the test only if the actor lives in its thread. */
  static made = 0;
  readonly #lines: string[] = [];
  constructor() {
    super();
    Journal.made++;
  }
  write(line: string): void {
    this.#lines.push(line);
  }
  lines(): string[] {
    return this.#lines;
  }
  fail(): void {
    throw new RangeError("failed on purpose");
  }
}

/** The same, async. */
@remote
export class AsyncJournal extends Actor {
  readonly #lines: string[] = [];
  // deno-lint-ignore require-await -- async makes it an async actor
  async write(line: string): Promise<void> {
    this.#lines.push(line);
  }
  lines(): string[] {
    return this.#lines;
  }
}

/** Writes lines into a journal, each call made before the last one is answered, and after awaits too. */
@remote
export class Writer extends Actor {
  async write(journal: ActorHandle<Journal>, name: string): Promise<void> {
    const first = [1, 2].map((i) => journal.write.remote(`${name}${i}`));
    await first[0];
    journal.write.remote(`${name}3`);
    await null;
    await journal.write.remote(`${name}4`);
  }
  /** A value that comes some time. */
  async later(value: string): Promise<string> {
    for (let i = 0; i < 3; i++) await null;
    return value;
  }
  never(): Promise<void> {
    return new Promise(() => {});
  }
}

@remote
export class Broken extends Actor {
  constructor() {
    super();
    throw new RangeError("cannot be made");
  }
  ping(): void {}
}

let state = 0;
export const bump = remote(async function bump(by: number): Promise<number> {
  await null;
  return state += by;
});
export function bumped(): number {
  return state;
}

export const numbers = remote(function* numbers(count: number): Generator<number> {
  for (let i = 0; i < count; i++) yield i;
});

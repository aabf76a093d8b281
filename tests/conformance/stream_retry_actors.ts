/** Streams that are made again. A worker loads this module again: no tests in here. */

import { Actor, type ActorHandle, getSync, method, remote } from "@manta/ray";
import process from "node:process";
import type { Ledger } from "./rebirth_actors.ts";

/** Which run of the actor has given an item, and its number. */
export type Told = [run: number, index: number];

@remote
export class Teller extends Actor {
  readonly #run: number;
  constructor(readonly ledger: ActorHandle<Ledger>, waits = false) {
    super();
    this.#run = getSync(ledger.note.remote("made"));
    if (waits && this.#run > 1) getSync(ledger.reached.remote("go"));
  }
  run(): number {
    return this.#run;
  }
  leave(): void {
    process.exit(3);
  }
  /** Crashes in its first run, in place of item `crashAt`, when the items before it were read. */
  async *tell(count: number, crashAt: number): AsyncGenerator<Told> {
    await this.ledger.note.remote("began");
    for (let i = 0; i < count; i++) {
      if (this.#run === 1 && i === crashAt) {
        await this.ledger.reached.remote("read", crashAt);
        process.exit(3);
      }
      yield [this.#run, i];
    }
  }
  @method({ generatorBackpressure: 2 })
  *tellSlowly(count: number, crashAt: number): Generator<Told> {
    for (let i = 0; i < count; i++) {
      if (this.#run === 1 && i === crashAt) process.exit(3);
      yield [this.#run, i];
    }
  }
  /** Throws `times` times, after two items. */
  *flaky(count: number, times: number): Generator<number> {
    const began = getSync(this.ledger.note.remote("began"));
    for (let i = 0; i < count; i++) {
      if (i === 2 && began <= times) throw new RangeError(`attempt ${began}`);
      yield i;
    }
  }
}

/** The same by a function: its first run crashes. */
export const tellTask = remote(
  async function* tellTask(
    ledger: ActorHandle<Ledger>,
    count: number,
    crashAt: number,
  ): AsyncGenerator<Told> {
    const run = await ledger.note.remote("began");
    for (let i = 0; i < count; i++) {
      if (run === 1 && i === crashAt) {
        await ledger.reached.remote("read", crashAt);
        process.exit(3);
      }
      yield [run, i];
    }
  },
);

export const slowTask = remote(
  function* slowTask(ledger: ActorHandle<Ledger>, count: number, crashAt: number): Generator<Told> {
    const run = getSync(ledger.note.remote("began"));
    for (let i = 0; i < count; i++) {
      if (run === 1 && i === crashAt) process.exit(3);
      yield [run, i];
    }
  },
  { generatorBackpressure: 2 },
);

export const flakyTask = remote(
  function* flakyTask(ledger: ActorHandle<Ledger>, count: number, times: number): Generator<number> {
    const began = getSync(ledger.note.remote("began"));
    for (let i = 0; i < count; i++) {
      if (i === 2 && began <= times) throw new RangeError(`attempt ${began}`);
      yield i;
    }
  },
);

/** Reads from elsewhere. */
@remote
export class TellerReader extends Actor {
  async read(teller: ActorHandle<Teller>, ledger: ActorHandle<Ledger>): Promise<Told[]> {
    const told: Told[] = [];
    for await (const ref of teller.tell.options({ maxTaskRetries: 1 }).remote(6, 3)) {
      told.push(await ref);
      await ledger.note.remote("read");
    }
    return told;
  }
  async readTask(ledger: ActorHandle<Ledger>): Promise<Told[]> {
    const told: Told[] = [];
    for await (const ref of tellTask.remote(ledger, 6, 3)) {
      told.push(await ref);
      await ledger.note.remote("read");
    }
    return told;
  }
}

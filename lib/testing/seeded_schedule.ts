/**
 * The order of a program's steps, drawn from a seed.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { afterIo } from "../base/platform.ts";
import type { Schedule } from "../base/schedule.ts";
import { ManualClock } from "./manual_clock.ts";
import { randomFrom } from "./random.ts";

type Step = () => void;

/** A call on its way. */
interface Message {
  /** Who made it; `undefined` if nobody knows: it was held for its arguments. */
  readonly caller: object | undefined;
  readonly step: Step;
}

/** Turns of the event loop without a step until the program counts as at rest. */
const REST = 4;
/** For so many milliseconds a program at rest may wait for timers and I/O, which the schedule does not see. */
const PATIENCE = 1_000;
/** More steps than any test takes. */
const MAX_STEPS = 100_000;

/** Who makes the calls of the test itself. */
const DRIVER = {};

/** Runs a thread's steps one by one, each when all code has gone on that the last one has set free. @internal */
export class SeededSchedule implements Schedule {
  /** The clock of the run: it goes on when nothing else does. */
  readonly clock: ManualClock = new ManualClock();
  readonly #random: (limit: number) => number;
  readonly #callers = new AsyncLocalStorage<object | undefined>();
  /** What can run, and answers that can come, in any order. */
  readonly #free: Step[] = [];
  /** The calls on their way to each actor, in the order made. */
  readonly #mail = new Map<object, Message[]>();
  readonly #failed = Promise.withResolvers<never>();
  #steps = 0;
  #rested = 0;
  #isPumping = false;
  #isOver = false;
  #patience: ReturnType<typeof setTimeout> | undefined;

  /** @param seed What the order is drawn from. */
  constructor(seed: number) {
    this.#random = randomFrom(seed);
  }

  /** {@inheritDoc Schedule.ready} */
  ready(of: object, step: Step): void {
    this.#add(() => this.#callers.run(of, step));
  }

  /** {@inheritDoc Schedule.deliver} */
  deliver(to: object, step: Step): void {
    const messages = this.#mail.get(to) ?? [];
    this.#mail.set(to, messages);
    messages.push({ caller: this.#callers.getStore(), step });
    this.#pump();
  }

  /** {@inheritDoc Schedule.answer} */
  answer(step: Step): void {
    this.#add(() => this.#callers.run(undefined, step));
  }

  /** Runs a test to its end. Rejects with what it throws, or if it does not come to an end. */
  async run(test: () => unknown): Promise<void> {
    this.#pump();
    try {
      await Promise.race([this.#callers.run(DRIVER, async () => await test()), this.#failed.promise]);
    } finally {
      this.#isOver = true;
      clearTimeout(this.#patience);
    }
  }

  #add(step: Step): void {
    this.#free.push(step);
    this.#pump();
  }

  #pump(): void {
    this.#rested = 0;
    if (this.#isPumping) return;
    this.#isPumping = true;
    clearTimeout(this.#patience);
    afterIo(() => this.#turn());
  }

  #turn(): void {
    if (this.#isOver) return;
    if (!this.#takeStep() && ++this.#rested >= REST) {
      this.#rested = 0;
      // Time passes when there is nothing else to do.
      if (!this.#callers.run(undefined, () => this.clock.fire(Infinity))) return this.#rest();
    }
    if (this.#steps > MAX_STEPS) {
      return this.#failed.reject(new Error(`Cannot finish the test: it has taken ${MAX_STEPS} steps`));
    }
    afterIo(() => this.#turn());
  }

  #rest(): void {
    this.#isPumping = false;
    this.#patience = setTimeout(() => {
      const error = new Error(
        `Cannot finish the test: nothing has happened for ${PATIENCE} ms, and its promise is pending; it waits for something ` +
          `that never comes, or for timers or I/O, which a schedule does not have`,
      );
      this.#failed.reject(error);
    }, PATIENCE);
  }

  /** Runs one of the steps that can come next. False if there is none. */
  #takeStep(): boolean {
    const letters: { to: object; messages: Message[]; index: number }[] = [];
    for (const [to, messages] of this.#mail) {
      for (const index of deliverable(messages)) letters.push({ to, messages, index });
    }
    const count = this.#free.length + letters.length;
    if (count === 0) return false;
    this.#steps++;
    this.#rested = 0;
    const chosen = this.#random(count);
    if (chosen < this.#free.length) {
      const [step] = this.#free.splice(chosen, 1);
      step();
      return true;
    }
    const { to, messages, index } = letters[chosen - this.#free.length];
    const [{ step }] = messages.splice(index, 1);
    if (messages.length === 0) this.#mail.delete(to);
    this.#callers.run(undefined, step);
    return true;
  }
}

/** Which messages can be the next one: the first of each caller. One of nobody's knows only its place among all. */
function deliverable(messages: readonly Message[]): number[] {
  const seen = new Set<object>();
  const found: number[] = [];
  for (const [index, { caller }] of messages.entries()) {
    if (caller === undefined) {
      if (index === 0) found.push(index);
      break;
    }
    if (seen.has(caller)) continue;
    seen.add(caller);
    found.push(index);
  }
  return found;
}

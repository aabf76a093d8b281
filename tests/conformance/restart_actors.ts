import {
  Actor,
  type ActorHandle,
  exitActor,
  getSync,
  kill,
  method,
  type ObjectRef,
  type Placement,
  remote,
  runtimeContext,
  serializable,
} from "@manta/ray";
import process from "node:process";
import { block, countOf, type Fence, reached, signal } from "./fence.ts";

/** Which cell of the fence counts what. */
export const MADE = 0;
export const BEGUN = 1;
export const GO = 2;
export const CONSTRUCT = 3;
export const RUNS = 4;

@serializable
export class Flaky extends Error {
  override name = "Flaky";
}

/** How the constructor of a later run behaves. */
export type Rebirth = "at once" | "when told" | "throws" | "crashes";

/** An actor whose thread can crash; each run counts itself, and later ones do as they were told. */
@remote
export class Phoenix extends Actor {
  #count = 0;
  readonly #run: number;
  readonly #fence: Fence;
  readonly #label: { text: string };
  constructor(fence: Fence, rebirth: Rebirth = "at once", label: { text: string } = { text: "" }) {
    super();
    this.#fence = fence;
    this.#label = label;
    this.#run = signal(fence, MADE);
    if (this.#run === 1) return;
    if (rebirth === "when told") block(fence, CONSTRUCT);
    if (rebirth === "throws") throw new RangeError("not again");
    if (rebirth === "crashes") process.exit(7);
  }
  add(): number {
    return ++this.#count;
  }
  run(): number {
    return this.#run;
  }
  /** The label that it was made with; this run's own may be changed. */
  label(text?: string): string {
    const before = this.#label.text;
    if (text !== undefined) this.#label.text = text;
    return before;
  }
  crash(): void {
    process.exit(3);
  }
  leave(): void {
    exitActor();
  }
  /** Begins, and crashes when told. */
  async crashAfter(fence: Fence): Promise<void> {
    signal(fence, BEGUN);
    await reached(fence, CONSTRUCT);
    process.exit(3);
  }
  /** Crashes in its first `times` runs, and answers in the next. */
  async crashUntil(times: number): Promise<number> {
    signal(this.#fence, RUNS);
    if (this.#run <= times) {
      process.exit(3);
      await new Promise(() => {});
    }
    return this.#run;
  }
  /** Begins, and ends when told; counts how often it ran. */
  async after(value: unknown): Promise<unknown> {
    signal(this.#fence, RUNS);
    signal(this.#fence, BEGUN);
    await reached(this.#fence, GO);
    return value;
  }
  async crashInTimer(): Promise<void> {
    setTimeout(() => {
      throw new RangeError("out of a timer");
    }, 0);
    await new Promise(() => {});
  }
  ownId(): string {
    return runtimeContext().actorId!;
  }
  own(): unknown {
    return runtimeContext().currentActor;
  }
  async introduce(caller: ActorHandle<Caller>): Promise<void> {
    await caller.keep.remote([runtimeContext<Phoenix>().currentActor!]);
  }
}

/** The same with one call at a time, in order. */
@remote({ maxRestarts: 1, maxTaskRetries: 5 })
export class SyncPhoenix extends Actor {
  readonly #seen: unknown[] = [];
  readonly #fence: Fence;
  constructor(fence: Fence) {
    super();
    this.#fence = fence;
    signal(fence, MADE);
  }
  see(value: unknown): unknown[] {
    this.#seen.push(value);
    return this.#seen;
  }
  crashOnce(): number {
    if (countOf(this.#fence, MADE) === 1) process.exit(3);
    return countOf(this.#fence, MADE);
  }
  @method({ maxTaskRetries: 0 })
  crashFragile(): void {
    process.exit(3);
  }
}

/** Its methods fail so many times before they answer; the cell counts them. */
@remote({ maxTaskRetries: 3, retryExceptions: [Flaky, RangeError] })
export class Failing extends Actor {
  #throw(fence: Fence, times: number, error: Error): number {
    const run = signal(fence, RUNS);
    if (run <= times) throw error;
    return run;
  }
  flaky(fence: Fence, times: number): number {
    return this.#throw(fence, times, new Flaky(`run ${countOf(fence, RUNS) + 1}`));
  }
  range(fence: Fence, times: number): number {
    return this.#throw(fence, times, new RangeError("range"));
  }
  type(fence: Fence, times: number): number {
    return this.#throw(fence, times, new TypeError("type"));
  }
  /** Changes its argument, and fails. */
  consume(fence: Fence, items: number[], times: number): number {
    items.push(99);
    return this.#throw(fence, times, new Flaky("again")) + items.length;
  }
  @method({ maxTaskRetries: 1, retryExceptions: true })
  once(fence: Fence, times: number): number {
    return this.#throw(fence, times, new TypeError("once"));
  }
  @method({ retryExceptions: false })
  never(fence: Fence, times: number): number {
    return this.#throw(fence, times, new RangeError("never"));
  }
  /** Fails with what another actor's method threw. */
  async nested(fence: Fence, times: number, other: ActorHandle<Failing>): Promise<number> {
    return await other.range.options({ maxTaskRetries: 0 }).remote(fence, times);
  }
}

/** Kills without waiting for it, and calls at once; the turn goes on for a while, so that whoever still can answers. */
export function killAndSee(
  phoenix: ActorHandle<SyncPhoenix>,
  noRestart: boolean,
): ObjectRef<unknown> {
  void kill(phoenix, { noRestart });
  const ref = phoenix.see.options({ maxTaskRetries: 0 }).remote("after");
  for (const end = performance.now() + 2; performance.now() < end;);
  return ref;
}

/** Has a handle of an actor that another thread made. */
@remote
export class Caller extends Actor {
  async killAndSee(phoenix: ActorHandle<SyncPhoenix>, noRestart: boolean): Promise<unknown> {
    return await killAndSee(phoenix, noRestart);
  }
  #kept: ActorHandle<Phoenix> | undefined;
  keep([phoenix]: ActorHandle<Phoenix>[]): void {
    this.#kept = phoenix;
  }
  async runKept(): Promise<number> {
    return await this.#kept!.run.options({ maxTaskRetries: -1 }).remote();
  }
  async add(phoenix: ActorHandle<Phoenix>): Promise<number> {
    return await phoenix.add.remote();
  }
  async run(phoenix: ActorHandle<Phoenix>): Promise<number> {
    return await phoenix.run.remote();
  }
  async id(phoenix: ActorHandle<Phoenix>): Promise<string> {
    return await Promise.resolve(phoenix.actorId);
  }
  async after(phoenix: ActorHandle<Phoenix>, retries: number): Promise<unknown> {
    return await phoenix.after.options({ maxTaskRetries: retries }).remote("done");
  }
  async runWhenever(phoenix: ActorHandle<Phoenix>): Promise<number> {
    return await phoenix.run.options({ maxTaskRetries: -1 }).remote();
  }
  async kill(phoenix: ActorHandle<Phoenix>, noRestart: boolean): Promise<void> {
    await kill(phoenix, { noRestart });
  }
  async back(phoenix: ActorHandle<Phoenix>): Promise<ActorHandle<Phoenix>> {
    return await Promise.resolve(phoenix);
  }
}

/** Makes the actor, and so owns it. */
@remote
export class Owner extends Actor {
  make(
    fence: Fence,
    maxRestarts: number,
    rebirth: Rebirth = "at once",
    placement?: Placement,
  ): ActorHandle<Phoenix> {
    return Phoenix.options({ placement, maxRestarts }).remote(fence, rebirth);
  }
  /** Blocks its thread until a call is answered that outlives a crash. */
  blockOn(fence: Fence, placement?: Placement): number {
    const phoenix = Phoenix.options({ placement, maxRestarts: 1, maxTaskRetries: 1 }).remote(fence);
    return getSync(phoenix.crashUntil.remote(1));
  }
  exit(): void {
    process.exit(5);
  }
}

// Functions.

export const crashUntil = remote(function crashUntil(fence: Fence, times: number, value: number): number {
  if (signal(fence, RUNS) <= times) process.exit(3);
  return value;
});

export const failUntil = remote(function failUntil(fence: Fence, times: number): number {
  const run = signal(fence, RUNS);
  if (run <= times) throw new Flaky(`run ${run}`);
  return run;
}, { maxRetries: 2, retryExceptions: [Flaky], module: import.meta.url });

export const crashOnce = remote(function crashOnce(fence: Fence): void {
  signal(fence, RUNS);
  process.exit(3);
}, { maxRetries: 0, module: import.meta.url });

export const countAll = remote(
  async function countAll(fence: Fence, items: ObjectRef<number>[]): Promise<number> {
    if (signal(fence, RUNS) === 1) process.exit(3);
    let sum = 0;
    for (const item of items) sum += await item;
    return sum;
  },
);

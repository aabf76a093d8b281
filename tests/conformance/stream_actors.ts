import {
  Actor,
  type ActorHandle,
  kill,
  method,
  type ObjectRef,
  type ObjectRefGenerator,
  put,
  remote,
} from "@manta/ray";
import { block, type Fence, reached, signal } from "./fence.ts";

/** Cells of a stream's fence. */
export const ITEMS = 0;
export const ENDED = 1;
export const GATE = 2;
export const BEGUN = 3;

@remote
export class Streamer extends Actor {
  *count(count: number, fence?: Fence): Generator<number, string> {
    for (let i = 0; i < count; i++) {
      if (fence) signal(fence, ITEMS);
      yield i;
    }
    return "lost";
  }
  *endless(fence: Fence): Generator<number> {
    try {
      for (let i = 0;; i++) {
        signal(fence, ITEMS);
        yield i;
      }
    } finally {
      signal(fence, ENDED);
    }
  }
  @method({ generatorBackpressure: 2 })
  *bounded(fence: Fence): Generator<number> {
    yield* this.endless(fence);
  }
  *failAfter(count: number): Generator<number> {
    yield* this.count(count);
    throw new RangeError("enough");
  }
  *unsendable(fence: Fence): Generator<unknown> {
    try {
      yield "fine";
      yield { deep: [() => {}] };
      yield "never";
    } finally {
      signal(fence, ENDED);
    }
  }
  *failAtTheEnd(fence: Fence): Generator<number> {
    try {
      yield* this.endless(fence);
    } finally {
      // deno-lint-ignore no-unsafe-finally -- what happens then is what is tested
      throw new RangeError("in finally");
    }
  }
  *oddities(): Generator<unknown> {
    yield new RangeError("no failure");
    yield put("of a ref");
    yield undefined;
    yield [new Map([[1, { two: 2 }]])];
  }
  *mutable(): Generator<number[]> {
    const list: number[] = [];
    for (let i = 0; i < 3; i++) {
      list.push(i);
      yield list;
    }
  }
  generator(): unknown {
    return this.count(3);
  }
  block(fence: Fence): void {
    signal(fence, BEGUN);
    block(fence, GATE);
  }
  ping(): string {
    return "pong";
  }
}

@remote
export class AsyncStreamer extends Actor {
  async *count(count: number, fence?: Fence): AsyncGenerator<number, string> {
    for (let i = 0; i < count; i++) {
      if (fence) signal(fence, ITEMS);
      yield await Promise.resolve(i);
    }
    return "lost";
  }
  async *endless(fence: Fence): AsyncGenerator<number> {
    try {
      for (let i = 0;; i++) {
        signal(fence, ITEMS);
        yield i;
      }
    } finally {
      await Promise.resolve();
      signal(fence, ENDED);
    }
  }
  @method({ generatorBackpressure: 2 })
  async *bounded(fence: Fence): AsyncGenerator<number> {
    yield* this.endless(fence);
  }
  async *failAfter(count: number): AsyncGenerator<number> {
    yield* this.count(count);
    throw new RangeError("enough");
  }
  async *unsendable(fence: Fence): AsyncGenerator<unknown> {
    try {
      yield "fine";
      yield { deep: [() => {}] };
      yield "never";
    } finally {
      signal(fence, ENDED);
    }
  }
  async *failAtTheEnd(fence: Fence): AsyncGenerator<number> {
    try {
      yield* this.endless(fence);
    } finally {
      // deno-lint-ignore no-unsafe-finally -- what happens then is what is tested
      throw new RangeError("in finally");
    }
  }
  /** Item after item, each once the gate has counted to it. */
  async *gated(fence: Fence): AsyncGenerator<number> {
    for (let i = 1;; i++) {
      await reached(fence, GATE, i);
      yield i;
    }
  }
  async later(fence: Fence, value: number): Promise<number> {
    await reached(fence, GATE);
    return value;
  }
  async block(fence: Fence): Promise<void> {
    signal(fence, BEGUN);
    await reached(fence, GATE);
  }
  ping(): string {
    return "pong";
  }
}

/** All refs of a stream. */
export async function refsOf<T>(stream: ObjectRefGenerator<T>): Promise<ObjectRef<T>[]> {
  const refs: ObjectRef<T>[] = [];
  for await (const ref of stream) refs.push(ref);
  return refs;
}

/** Reads streams of others. */
@remote
export class Reader extends Actor {
  #kept: ObjectRefGenerator<number> | undefined;
  async begin(from: ActorHandle<Streamer>, fence: Fence): Promise<number> {
    this.#kept = from.endless.remote(fence);
    const { value } = await this.#kept.next();
    return await value!;
  }
  async sum(from: ActorHandle<Streamer>, count: number): Promise<number> {
    let sum = 0;
    for await (const ref of from.count.remote(count)) sum += await ref;
    return sum;
  }
  async sumSync(from: ActorHandle<Streamer>, count: number): Promise<number> {
    const stream = from.count.remote(count);
    let sum = 0;
    for (let next = stream.nextSync(); !next.done; next = stream.nextSync()) sum += await next.value;
    return sum;
  }
  async wait(from: ActorHandle<AsyncStreamer>, fence: Fence): Promise<void> {
    const next = from.gated.remote(fence).next();
    signal(fence, BEGUN);
    try {
      await next;
    } finally {
      signal(fence, ENDED);
    }
  }
  async passOn(from: ActorHandle<Streamer>): Promise<ObjectRef<number>[]> {
    return await refsOf(from.count.remote(3));
  }
  async end(handle: ActorHandle<Streamer>): Promise<void> {
    await kill(handle);
  }
}

@remote
export class Splitter extends Actor {
  list(length: number): number[] {
    return Array.from({ length }, (_, index) => index);
  }
  async pair(): Promise<[number, string]> {
    return await Promise.resolve([1, "a"]);
  }
  @method({ numReturns: 2 })
  two(length: number): number[] {
    return this.list(length);
  }
  one(): number {
    return 1;
  }
  fail(): number[] {
    throw new TypeError("not today");
  }
}

export const countTask = remote(function* countTask(count: number): Generator<number> {
  for (let i = 0; i < count; i++) yield i;
});

export const countLater = remote(async function* countLater(count: number): AsyncGenerator<number> {
  for (let i = 0; i < count; i++) yield await Promise.resolve(i);
});

export const endlessTask = remote(function* endlessTask(fence: Fence): Generator<number> {
  try {
    for (let i = 0;; i++) {
      signal(fence, ITEMS);
      yield i;
    }
  } finally {
    signal(fence, ENDED);
  }
});

export const boundedTask = remote(function* boundedTask(fence: Fence): Generator<number> {
  for (let i = 0;; i++) {
    signal(fence, ITEMS);
    yield i;
  }
}, { generatorBackpressure: 3 });

export const dieAfter = remote(function* dieAfter(count: number, fence: Fence): Generator<number> {
  for (let i = 0; i < count; i++) yield i;
  block(fence, GATE);
  setTimeout(() => {
    throw new Error("out of a timer");
  }, 0);
  yield* forever();
});

function* forever(): Generator<number> {
  for (;;) yield 0;
}

@remote
export class TaskReader extends Actor {
  #kept: ObjectRefGenerator<number> | undefined;
  async begin(fence: Fence): Promise<number> {
    this.#kept = endlessTask.remote(fence);
    const { value } = await this.#kept.next();
    return await value!;
  }
}

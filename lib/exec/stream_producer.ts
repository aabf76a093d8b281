/**
 * A stream at its source: a generator that is run item by item, in its turn, while somebody wants items.
 *
 * @module
 */

import { UNBOUNDED } from "../wire/call_settings.ts";
import type { Runnable } from "./host_environment.ts";
import type { IncomingCall } from "./incoming_call.ts";

/** What a generator function gives. */
export type AnyGenerator = Generator<unknown, unknown, void> | AsyncGenerator<unknown, unknown, void>;

/** True for what a generator function gives. */
export function isGenerator(value: unknown): value is AnyGenerator {
  return typeof value === "object" && value !== null &&
    typeof (value as { next?: unknown }).next === "function" &&
    typeof (value as { return?: unknown }).return === "function";
}

/** Ends the stream of a call that was cancelled, if it has one. */
export function stopStream(call: IncomingCall): void {
  (call as Partial<StreamingCall>).producer?.stop();
}

/** A call whose answer is a stream. */
export interface StreamingCall extends IncomingCall {
  /** Makes the stream. */
  readonly producer: StreamProducer;
  /** Sends an item. MUST throw, and send nothing, if the value cannot cross. */
  item(index: number, value: unknown): void;
}

/** Where the items of a stream come from that only passes here. */
export interface StreamUpstream {
  /** The items below `index` are read. */
  taken(index: number): void;
  /** Nobody reads on. */
  stop(): void;
}

/** Runs the generators of an executor. */
export interface GeneratorRunner {
  /** Lets the generator go on to its next item, or ends it; returns or throws what that does. */
  advance(call: IncomingCall, generator: AnyGenerator, isEnd: boolean): unknown;
  /** An async generator goes on by itself: its next steps are microtasks. */
  awaits(): void;
  /** The producer has something to run. */
  ready(producer: StreamProducer): void;
}

/**
 * Makes one stream. Who reads it and who ends it may speak before the generator has begun: the call waits its turn then.
 *
 * It is a thenable for the executor that follows the call: fulfilled when the generator has ended, rejected when it threw.
 */
export class StreamProducer implements Runnable, PromiseLike<undefined> {
  /** True while it stands in the list of those with something to run. */
  isReady = false;
  /** Why the stream was stopped, if its reader shall know. */
  stopError: Error | undefined = undefined;
  readonly #limit: number;
  #call: StreamingCall | undefined;
  #generator: AnyGenerator | undefined;
  #runner: GeneratorRunner | undefined;
  #upstream: StreamUpstream | undefined = undefined;
  #index = 0;
  #taken = 0;
  #isStopped = false;
  #isWaiting = false;
  #isOver = false;
  #onEnd: ((value: undefined) => void) | undefined;
  #onThrown: ((thrown: unknown) => void) | undefined;

  /** @param limit How many items may be unread, or `UNBOUNDED`. */
  constructor(limit: number) {
    this.#limit = limit === UNBOUNDED ? Infinity : limit;
  }

  /** Begins with a generator whose body has not begun. Once only, unless the call is made again. */
  begin(call: StreamingCall, generator: AnyGenerator, runner: GeneratorRunner): this {
    this.#call = call;
    this.#generator = generator;
    this.#runner = runner;
    this.#index = 0;
    this.#isOver = false;
    return this;
  }

  /** The items come from elsewhere, and only pass here: who reads them, and who ends them, is heard of there. */
  passOn(upstream: StreamUpstream): void {
    this.#upstream = upstream;
    if (this.#isStopped) upstream.stop();
    else if (this.#taken > 0) upstream.taken(this.#taken);
  }

  /** {@inheritDoc PromiseLike.then} */
  then<A = undefined, B = never>(
    onfulfilled?: ((value: undefined) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): PromiseLike<A | B> {
    this.#onEnd = onfulfilled as (value: undefined) => void;
    this.#onThrown = onrejected as (thrown: unknown) => void;
    this.#goOn();
    return this as unknown as PromiseLike<A | B>;
  }

  /** The items below `index` are read. */
  taken(index: number): void {
    this.#taken = Math.max(this.#taken, index);
    this.#upstream?.taken(this.#taken);
    this.#goOn();
  }

  /**
   * Ends the generator as soon as it gives the thread back: its `finally` runs, its call is over then. `error` is what the
   * reader gets as the last item, if it still reads.
   */
  stop(error?: Error): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.stopError = error;
    this.#upstream?.stop();
    this.#goOn();
  }

  /** The call was answered by somebody else: the generator never goes on. */
  abandon(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onEnd?.(undefined);
  }

  /** {@inheritDoc Runnable.canRun} */
  get canRun(): boolean {
    return this.#onEnd !== undefined && !this.#isOver && !this.#isWaiting &&
      (this.#isStopped || this.#index < this.#taken + this.#limit);
  }

  /** {@inheritDoc Runnable.runOne} */
  runOne(): void {
    const isEnd = this.#isStopped;
    let result: unknown;
    try {
      result = this.#runner!.advance(this.#call!, this.#generator!, isEnd);
    } catch (thrown) {
      return this.#threw(thrown);
    }
    if (!(Symbol.asyncIterator in this.#generator!)) {
      return this.#step(result as IteratorResult<unknown>, isEnd);
    }
    this.#isWaiting = true;
    this.#runner!.awaits();
    (result as Promise<IteratorResult<unknown>>).then(
      (next) => {
        this.#isWaiting = false;
        this.#step(next, isEnd);
        this.#goOn();
      },
      (thrown) => {
        this.#isWaiting = false;
        this.#threw(thrown);
      },
    );
  }

  #step({ done, value }: IteratorResult<unknown>, isEnd: boolean): void {
    if (this.#isOver) return;
    if (done || isEnd) {
      this.#isOver = true;
      return this.#onEnd!(undefined);
    }
    // Nobody reads what came after the stop.
    if (this.#isStopped) return;
    try {
      this.#call!.item(this.#index, value);
      this.#index++;
    } catch (error) {
      this.stop(error as Error);
    }
  }

  #threw(thrown: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.stopError === undefined) this.#onThrown!(thrown);
    else this.#onEnd!(undefined);
  }

  #goOn(): void {
    if (this.canRun) this.#runner!.ready(this);
  }
}

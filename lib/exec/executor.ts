/**
 * An executor: calls in the order of their arrival, so many at a time. A sync actor has a limit of one; a call that returned
 * a promise counts until that settles, and meanwhile others begin if the limit allows.
 *
 * @module
 */

import type { LazyError } from "../base/lazy_error.ts";
import { NO_STREAM, PLAIN_CALL } from "../wire/call_settings.ts";
import type { Runnable } from "./host_environment.ts";
import type { IncomingCall } from "./incoming_call.ts";
import { Queue } from "./queue.ts";
import { type GeneratorRunner, isGenerator, type StreamingCall } from "./stream_producer.ts";

/** Runs the calls of an executor. */
export interface CallRunner extends GeneratorRunner {
  /** Runs the method and returns what it returned. May throw what it threw. */
  invoke(call: IncomingCall): unknown;
  /** A call began to run on its own: its promise is pending. */
  began(): void;
  /** A pending promise was settled. */
  ended(): void;
  /** The executor, or a stream of its, has something to run. */
  ready(runnable: Runnable): void;
}

/** A limit of calls in progress, and those that wait. */
export class Executor {
  /** True while it stands in the list of those with something to run. */
  isReady = false;
  readonly #limit: number;
  readonly #runner: CallRunner;
  /** The call that is next. */
  #next: IncomingCall | undefined = undefined;
  /** Those behind it. This and what follows are made when they are needed: there may be very many actors. */
  #others: Queue<IncomingCall> | undefined = undefined;
  #running: Set<IncomingCall> | undefined = undefined;
  #isOpen = false;
  #holder: IncomingCall | undefined = undefined;
  #onIdle: (() => void) | undefined = undefined;

  /**
   * @param limit How many calls may be in progress at once.
   * @param runner Runs them.
   */
  constructor(limit: number, runner: CallRunner) {
    this.#limit = limit;
    this.#runner = runner;
  }

  /** True if a call could run now. */
  get canRun(): boolean {
    return this.#isOpen && this.#next !== undefined &&
      (this.#running === undefined || this.#running.size < this.#limit);
  }

  /** True if no call waits or is in progress. */
  get isIdle(): boolean {
    return this.#next === undefined && (this.#running?.size ?? 0) === 0;
  }

  /** How many calls wait. */
  get queued(): number {
    return this.#next === undefined ? 0 : 1 + (this.#others?.length ?? 0);
  }

  /** Adds a call. */
  push(call: IncomingCall): void {
    if (this.#next === undefined) this.#next = call;
    else (this.#others ??= new Queue()).push(call);
    if (this.canRun) this.#runner.ready(this);
  }

  /** Begins to run calls. */
  open(): void {
    this.#isOpen = true;
    if (this.canRun) this.#runner.ready(this);
  }

  /** Runs one call, which `canRun` has said there is. */
  runOne(): void {
    const call = this.#next!;
    this.#next = this.#others?.shift();
    this.#holder = call;
    let result: unknown;
    let isPromise: boolean;
    if (call.settings !== PLAIN_CALL) call.started?.();
    try {
      result = this.#runner.invoke(call);
      isPromise = isThenable(result);
    } catch (thrown) {
      if (this.#holder !== call) return;
      this.#holder = undefined;
      fail(call, thrown);
      return this.#left();
    }
    if (this.#holder !== call) return ignore(result);
    this.#holder = undefined;
    if (isPromise) return this.#follow(call, result as PromiseLike<unknown>);
    if (call.settings.stream !== NO_STREAM) return this.#stream(call as StreamingCall, result);
    succeed(call, result);
    if (this.#onIdle !== undefined) this.#left();
  }

  /** The call that `isIt` is true of, running or waiting. */
  find(isIt: (call: IncomingCall) => boolean): IncomingCall | undefined {
    return this.all().find(isIt);
  }

  /** All calls that have not ended. */
  all(): readonly IncomingCall[] {
    return [...this.running(), ...this.#waiting()];
  }

  /** Takes a call that waits out of the queue; false if it has begun. */
  withdraw(call: IncomingCall): boolean {
    if (call !== this.#next) return this.#others?.remove(call) ?? false;
    this.#next = this.#others?.shift();
    return true;
  }

  #waiting(): readonly IncomingCall[] {
    return this.#next === undefined ? [] : [this.#next, ...this.#others?.items() ?? []];
  }

  /** The calls that have begun and not ended. */
  running(): readonly IncomingCall[] {
    const running = this.#running ?? [];
    return this.#holder === undefined ? [...running] : [this.#holder, ...running];
  }

  /** Refuses the calls that wait. Those that have begun go on. */
  refuseWaiting(refusal: LazyError): void {
    const calls = this.#waiting();
    this.#next = this.#others = undefined;
    for (const call of calls) call.refuse(refusal.error);
  }

  /** Calls back once there is nothing left to do; at once if there is nothing now. */
  whenIdle(callback: () => void): void {
    this.#onIdle = callback;
    this.#left();
  }

  /** Refuses all calls, waiting or in progress, and runs none any more. Answers that come later go nowhere. */
  close(death: LazyError): void {
    this.#isOpen = false;
    const [holder, running] = [this.#holder, this.#running];
    this.#holder = this.#running = undefined;
    // It has ended its own actor.
    holder?.refuse(death.error);
    if (running !== undefined) { for (const call of running) call.refuse(death.error); }
    this.refuseWaiting(death);
  }

  #left(): void {
    if (this.#onIdle === undefined || this.#next !== undefined || this.running().length > 0) return;
    const callback = this.#onIdle;
    this.#onIdle = undefined;
    callback();
  }

  /** A stream's call is in progress until the generator has ended. */
  #stream(call: StreamingCall, result: unknown): void {
    // A field of the instance may stand before the generator method of its class.
    if (isGenerator(result)) return this.#follow(call, call.producer.begin(call, result, this.#runner));
    succeed(call, undefined);
    this.#left();
  }

  #follow(call: IncomingCall, result: PromiseLike<unknown>): void {
    (this.#running ??= new Set()).add(call);
    this.#runner.began();
    // A thenable of the user's may call back more than once, and throw besides.
    let isOver = false;
    const end = (): boolean => {
      if (isOver) return false;
      isOver = true;
      this.#runner.ended();
      if (this.#running?.delete(call) !== true) return false;
      if (this.canRun) this.#runner.ready(this);
      return true;
    };
    const failed = (thrown: unknown): void => {
      if (end()) fail(call, thrown);
      this.#left();
    };
    try {
      result.then((value) => {
        if (end()) succeed(call, value);
        this.#left();
      }, failed);
    } catch (thrown) {
      failed(thrown);
    }
  }
}

function succeed(call: IncomingCall, value: unknown): void {
  const verdict = call.context?.verdict;
  if (verdict !== undefined) return call.refuse(verdict);
  try {
    call.succeed(value);
  } catch (error) {
    call.refuse(error as Error);
  }
}

function fail(call: IncomingCall, thrown: unknown): void {
  const verdict = call.context?.verdict;
  if (verdict === undefined) call.fail(thrown);
  else call.refuse(verdict);
}

/** What a call returned that was refused meanwhile: nobody hears of it, nor of its rejection. */
function ignore(result: unknown): void {
  Promise.resolve(result).catch(() => {});
}

function isThenable(value: unknown): boolean {
  return typeof value === "object" && value !== null &&
    typeof (value as { then?: unknown }).then === "function";
}

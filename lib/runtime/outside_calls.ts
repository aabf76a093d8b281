/**
 * Calls of a process's actor by those who are no programs of Manta's, Python's above all: values cross as pickles, of which
 * nothing is executed.
 *
 * @module
 */

import { knownStack } from "../base/moved_program.ts";
import { describeThrown, TaskError } from "../base/task_error.ts";
import { ObjectRefGenerator } from "../objects/object_ref_generator.ts";
import type { ActorCell } from "../supervise/actor_cell.ts";
import type { Thread } from "./thread.ts";

/** Tells the caller of a call: another item, what it has returned, or what it has thrown. */
export interface OutsideCaller {
  item(number: number, pickle: Uint8Array): void;
  answer(number: number, pickle: Uint8Array): void;
  failure(number: number, pickle: Uint8Array): void;
}

interface Pickles {
  readPickle(bytes: Uint8Array): unknown;
  writePickle(value: unknown, persistent?: undefined, name?: string): Uint8Array;
}

/** A method as whoever has a handle calls it. */
interface Stub {
  options(options: { signal: AbortSignal }): { remote(...args: unknown[]): unknown };
}

/** The calls of one process's actor. */
export class OutsideCalls {
  readonly #thread: Thread;
  readonly #caller: OutsideCaller;
  readonly #running = new Map<number, AbortController>();
  #pickles: Promise<Pickles> | undefined;

  /**
   * @param thread The process's first thread.
   * @param caller Whom answers go to.
   */
  constructor(thread: Thread, caller: OutsideCaller) {
    this.#thread = thread;
    this.#caller = caller;
  }

  /** A call has come: a pickle of the method's name and the arguments. Calls begin in the order in which they come. */
  async take(cell: ActorCell, number: number, bytes: Uint8Array): Promise<void> {
    const kept = bytes.slice();
    const abort = new AbortController();
    this.#running.set(number, abort);
    // A program that nobody calls in this way never loads them.
    const pickles = await (this.#pickles ??= loadPickles());
    try {
      const [name, args] = pickles.readPickle(kept) as [string, unknown[]];
      const stubs = this.#thread.cells.handleOf(cell) as Record<string, Stub>;
      const made = stubs[name].options({ signal: abort.signal }).remote(...args);
      let value: unknown;
      if (made instanceof ObjectRefGenerator) {
        for (let step = await made.next(); !step.done; step = await made.next()) {
          this.#caller.item(number, pickles.writePickle(await step.value, undefined, "item"));
        }
      } else value = await (made as PromiseLike<unknown>);
      this.#caller.answer(number, pickles.writePickle(value, undefined, "result"));
    } catch (error) {
      this.#caller.failure(number, pickles.writePickle(partsOf(error)));
    } finally {
      this.#running.delete(number);
    }
  }

  /** Nobody wants an answer any more. */
  cancel(number: number): void {
    this.#running.get(number)?.abort();
  }
}

async function loadPickles(): Promise<Pickles> {
  const [reader, writer] = await Promise.all([
    import("../transport/ray/pickle_reader.ts"),
    import("../transport/ray/pickle_writer.ts"),
  ]);
  return { ...reader, ...writer };
}

/** What another language can make an error of: name, message, stack. */
function partsOf(error: unknown): [name: string, message: string, stack: string] {
  const thrown = error instanceof TaskError ? error.cause : error;
  if (!(thrown instanceof Error)) {
    const text = describeThrown(thrown);
    return ["Error", text, `Error: ${text}`];
  }
  const name = String(thrown.name || "Error");
  const message = String(thrown.message);
  return [name, message, knownStack(String(thrown.stack ?? `${name}: ${message}`))];
}

/**
 * The classes of the named actors, kept by the driver: who gets an actor by its name knows nothing of its class.
 *
 * @module
 */

import { type ActorId, actorId } from "../base/ids.ts";
import type { RetryWish } from "../base/retry_rule.ts";
import type { ClassShape } from "../define/class_definition.ts";
import type { ThreadAddress } from "../transport/thread_address.ts";
import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";

/** Takes an answer: the class as text, or `undefined` for an actor that has ended. */
export type ShapeWanted = (shape: string | undefined) => void;

/** At this many classes, those of actors that have ended are forgotten. */
const FIRST_PRUNING = 64;

/** What is told of an actor with a name. */
export interface NamedClass {
  /** Its class. */
  readonly shape: ClassShape;
  /** What holds for calls of it that may be made again, if its maker said anything. */
  readonly retries?: RetryWish | undefined;
}

/** A class as text. */
export function writeShape(shape: ClassShape, retries?: RetryWish): string {
  return JSON.stringify({ shape, retries });
}

/** The class that a text describes. */
export function readShape(text: string): NamedClass {
  let named: NamedClass;
  try {
    named = JSON.parse(text);
  } catch {
    throw new CorruptFrameError("a class that is no JSON");
  }
  const { shape } = Object(named) as NamedClass;
  const isRight = typeof shape === "object" && shape !== null && typeof shape.name === "string" &&
    typeof shape.key === "string" && Array.isArray(shape.methods) && Array.isArray(shape.groups);
  if (!isRight) throw new CorruptFrameError("a class without name, key, methods and groups");
  return named;
}

/** The classes of named actors, and who waits for one of which nobody has told yet. */
export class ShapeDirectory {
  readonly #isNamed: (thread: ThreadAddress, local: number) => boolean;
  readonly #known = new Map<ActorId, { thread: ThreadAddress; local: number; shape: string }>();
  #waiting: { thread: ThreadAddress; local: number; answer: ShapeWanted }[] = [];
  #pruneAt = FIRST_PRUNING;

  /** @param isNamed True while an actor lives and has a name. */
  constructor(isNamed: (thread: ThreadAddress, local: number) => boolean) {
    this.#isNamed = isNamed;
  }

  /** An actor that has a name is of that class. */
  add(thread: ThreadAddress, local: number, shape: string): void {
    this.#known.set(actorId(thread.id, local), { thread, local, shape });
    for (
      const wanted of this.#takeWaiting((other) => other.thread.id === thread.id && other.local === local)
    ) {
      wanted.answer(shape);
    }
    if (this.#known.size >= this.#pruneAt) this.#prune();
  }

  /** Answers with the class of an actor that has a name: now, or once its maker has told of it, or it has ended. */
  want(thread: ThreadAddress, local: number, answer: ShapeWanted): void {
    const known = this.#known.get(actorId(thread.id, local));
    if (known !== undefined) return answer(known.shape);
    if (!this.#isNamed(thread, local)) return answer(undefined);
    this.#waiting.push({ thread, local, answer });
  }

  /** A thread has died: who waits for the class of an actor that has ended with it is told. */
  deaths(): void {
    for (const { answer } of this.#takeWaiting(({ thread, local }) => !this.#isNamed(thread, local))) {
      answer(undefined);
    }
  }

  /** Tells all who wait that nothing will come. */
  close(): void {
    for (const { answer } of this.#takeWaiting(() => true)) answer(undefined);
  }

  /** Forgets the actors that have ended: not at each death, for that takes a look at all names. */
  #prune(): void {
    for (const [id, { thread, local }] of this.#known) {
      if (!this.#isNamed(thread, local)) this.#known.delete(id);
    }
    this.#pruneAt = Math.max(FIRST_PRUNING, 2 * this.#known.size);
  }

  #takeWaiting(
    test: (wanted: { thread: ThreadAddress; local: number }) => boolean,
  ): { answer: ShapeWanted }[] {
    if (this.#waiting.length === 0) return [];
    const taken = this.#waiting.filter(test);
    if (taken.length > 0) this.#waiting = this.#waiting.filter((wanted) => !taken.includes(wanted));
    return taken;
  }
}

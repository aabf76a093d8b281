/**
 * How busy the actors of all threads are: the driver asks, and waits for an answer no longer than a second, for a thread
 * that code of the program's blocks cannot give one.
 *
 * @module
 */

import type { PeerLink } from "../transport/peer.ts";
import { Frame } from "../wire/frames.ts";
import type { Reader } from "../wire/reader.ts";
import type { Thread } from "./thread.ts";

/** A thread that has not answered in so many milliseconds is called blocked. */
const PATIENCE = 1_000;

/** How busy an actor is. */
export interface ActorLoad {
  /** Calls that have begun and not ended. */
  readonly running: number;
  /** Calls that wait. */
  readonly queued: number;
}

/** What all threads have answered. */
export interface LoadReport {
  /** By actor id. */
  readonly loads: ReadonlyMap<string, ActorLoad>;
  /** The threads that have not answered. */
  readonly silent: ReadonlySet<number>;
}

/** A question that was asked. */
interface Question {
  readonly loads: Map<string, ActorLoad>;
  readonly waiting: Set<number>;
  check(): void;
}

/** Asks, and answers. */
export class ThreadLoads {
  readonly #thread: Thread;
  readonly #questions = new Map<number, Question>();
  #last = 0;
  #isClosed = false;

  /** @param thread The thread. */
  constructor(thread: Thread) {
    this.#thread = thread;
  }

  /** The driver: asks all threads. What they had to tell of events has arrived with the answer. */
  ask(): Promise<LoadReport> {
    const { peers, clock, loop, host } = this.#thread;
    const number = this.#last = (this.#last + 1) >>> 0;
    const loads = new Map<string, ActorLoad>();
    for (const actor of host.actors()) loads.set(actor.id, actor.load());
    const waiting = new Set(peers.all().map(({ peer }) => peer.id));
    if (waiting.size === 0 || this.#isClosed) return Promise.resolve({ loads, silent: waiting });
    for (const thread of waiting) {
      const link = peers.find(thread);
      if (link === undefined) continue;
      link.open(Frame.loadWanted).u32(number);
      link.seal();
    }
    return new Promise((resolve) => {
      const end = (): void => {
        if (!this.#questions.delete(number)) return;
        clock.clearTimer(timer);
        loop.wait(-1);
        loop.expectContinuations();
        resolve({ loads, silent: waiting });
      };
      const check = (): void => {
        if (waiting.size === 0 || this.#isClosed) end();
      };
      this.#questions.set(number, { loads, waiting, check });
      const timer = clock.setTimer(end, PATIENCE);
      loop.wait(1);
    });
  }

  /** Answers the driver. */
  wanted(link: PeerLink, reader: Reader): void {
    const number = reader.u32();
    const { host, borders, observation } = this.#thread;
    observation.flush();
    // The others that a bridge stands for live elsewhere.
    const actors = [...host.actors()].filter((actor) => borders === undefined || host.isPrimary(actor));
    const out = link.open(Frame.loads);
    out.u32(number);
    out.varint(actors.length);
    for (const actor of actors) {
      const { running, queued } = actor.load();
      out.string(actor.id);
      out.u32(running);
      out.u32(queued);
    }
    link.seal();
  }

  /** A thread has answered. */
  answered(link: PeerLink, reader: Reader): void {
    const question = this.#questions.get(reader.u32());
    // A name takes a byte at least.
    for (let left = reader.count(9); left > 0; left--) {
      const actorId = reader.string();
      const [running, queued] = [reader.u32(), reader.u32()];
      // Each thread of a threaded actor tells of its own calls.
      const others = question?.loads.get(actorId) ?? { running: 0, queued: 0 };
      question?.loads.set(actorId, { running: others.running + running, queued: others.queued + queued });
    }
    question?.waiting.delete(link.peer.id);
    question?.check();
  }

  /** It will not answer any more. */
  threadEnded(thread: number): void {
    for (const question of [...this.#questions.values()]) {
      question.waiting.delete(thread);
      question.check();
    }
  }

  /** Nobody answers any more. */
  close(): void {
    this.#isClosed = true;
    for (const { check } of [...this.#questions.values()]) check();
  }
}

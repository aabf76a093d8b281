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
  /** A bridge: who asked, by the number of the question that its process was asked. */
  readonly #passedOn = new Map<number, { link: PeerLink; number: number }>();
  #last = 0;
  #isClosed = false;

  /** @param thread The thread. */
  constructor(thread: Thread) {
    this.#thread = thread;
  }

  /** The driver: asks all threads. What they had to tell of events has arrived with the answer. */
  ask(): Promise<LoadReport> {
    const { admission, peers, clock, loop, membrane, host } = this.#thread;
    const number = this.#last = (this.#last + 1) >>> 0;
    const loads = new Map<string, ActorLoad>();
    // What stands here for actors elsewhere says nothing: those who ask know better.
    if (membrane === undefined) { for (const actor of host.actors()) loads.set(actor.id, actor.load()); }
    // What is not started yet cannot answer.
    const asked = peers.all().filter((link) =>
      membrane?.of(link) === undefined && !admission.isPostponed(link.peer)
    );
    const waiting = new Set(asked.map(({ peer }) => peer.id));
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

  /** Answers the driver. Of a process, all actors are told of: its bridge asks its first thread, and that one all others. */
  wanted(link: PeerLink, reader: Reader): void {
    const number = reader.u32();
    const { host, membrane, observation } = this.#thread;
    observation.flush();
    if (membrane === undefined) {
      return answer(link, number, [...host.actors()].map((actor) => [actor.id, actor.load()]));
    }
    if (membrane.of(link) !== undefined) {
      return void this.ask().then(({ loads }) => answer(link, number, [...loads]));
    }
    const passedOn = this.#last = (this.#last + 1) >>> 0;
    // One that has not answered until the next question comes is late in any case.
    this.#passedOn.clear();
    this.#passedOn.set(passedOn, { link, number });
    membrane.link.open(Frame.loadWanted).u32(passedOn);
    membrane.link.seal();
  }

  /** A thread has answered. */
  answered(link: PeerLink, reader: Reader): void {
    const number = reader.u32();
    const answers: [string, ActorLoad][] = [];
    // A name takes a byte at least.
    for (let left = reader.count(9); left > 0; left--) {
      answers.push([reader.string(), { running: reader.u32(), queued: reader.u32() }]);
    }
    const asker = this.#passedOn.get(number);
    if (asker !== undefined) {
      this.#passedOn.delete(number);
      return answer(asker.link, asker.number, answers);
    }
    const question = this.#questions.get(number);
    for (const [actorId, { running, queued }] of answers) {
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

function answer(link: PeerLink, number: number, loads: readonly (readonly [string, ActorLoad])[]): void {
  if (link.isClosed) return;
  const out = link.open(Frame.loads);
  out.u32(number);
  out.varint(loads.length);
  for (const [actorId, { running, queued }] of loads) {
    out.string(actorId);
    out.u32(running);
    out.u32(queued);
  }
  link.seal();
}

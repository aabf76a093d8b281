/**
 * The ways from a process on a cluster to those of other actors there: its own host asks theirs, and no program is between them.
 *
 * @module
 */

import { ActorUnavailableError } from "../base/actor_errors.ts";
import type { ActorId } from "../base/ids.ts";
import type { ActorCell } from "../supervise/actor_cell.ts";
import { PRIMARY } from "./creation.ts";
import { joined } from "./far_host.ts";
import { type Exchange, type HostAnswer, newsOf } from "./host_line.ts";
import { HostSide } from "./host_side.ts";
import type { Place } from "./membrane.ts";
import type { ProcessActor } from "./process_side.ts";
import type { Thread } from "./thread.ts";

/** What this process's own host does for it. */
export interface OwnHost {
  /** Asks another host; the number is the question's. */
  ask(number: number, question: Uint8Array): void;
  /** Has another host forget the key by which it was asked. */
  part(key: string): void;
}

/** What one that was asked has not said yet. */
interface Question {
  readonly asked: () => void;
  readonly answered: (answer: HostAnswer) => void;
  readonly failed: (error: Error) => void;
}

// See process_source.ts.
const ASK_HEAD = 20;
const NEWS_HEAD = 16;
/** So Ray says it of an actor whose program has killed it. */
const KILLED = /killed by `ray\.kill`/;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** All of one process's. */
export class HostWays {
  readonly #thread: Thread;
  readonly #actor: ProcessActor;
  readonly #own: OwnHost;
  readonly #sides = new Map<ActorId, HostSide>();
  readonly #ids = new Map<number, ActorId>();
  readonly #questions = new Map<number, Question>();
  #asked = 0;

  /**
   * @param thread The process's first thread.
   * @param actor What the process was started for.
   * @param own Its host.
   */
  constructor(thread: Thread, actor: ProcessActor, own: OwnHost) {
    this.#thread = thread;
    this.#actor = actor;
    this.#own = own;
  }

  /** The id of an actor to which there is a way. */
  idOf({ address: { thread, local } }: ActorCell): ActorId | undefined {
    return local === PRIMARY ? this.#ids.get(thread.id) : undefined;
  }

  /** Where an actor is of which this process was told. */
  find(id: ActorId): Place {
    let side = this.#sides.get(id);
    if (side === undefined || side.link.isClosed) side = this.#open(id);
    return { thread: side.link.peer, local: PRIMARY };
  }

  #open(id: ActorId): HostSide {
    const key = crypto.randomUUID();
    const side = new HostSide(this.#thread, this.#actor, {
      ask: (exchange, heard, isAgain) => this.#ask([id, key, ...exchange.guests], exchange, heard, isAgain),
      part: () => this.#own.part(key),
    });
    this.#sides.set(id, side);
    this.#ids.set(side.link.peer.id, id);
    return side;
  }

  #ask(
    words: readonly string[],
    { number, bytes }: Exchange<ActorId>,
    heard: number,
    isAgain: boolean,
  ): { sent: Promise<void>; answer: Promise<HostAnswer> } {
    const text = encoder.encode(JSON.stringify(words));
    const head = new Uint8Array(ASK_HEAD);
    const view = new DataView(head.buffer);
    view.setInt32(0, number, true);
    view.setFloat64(4, heard, true);
    view.setUint32(12, isAgain ? 1 : 0, true);
    view.setUint32(16, text.length, true);
    const sent = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<HostAnswer>();
    const question = ++this.#asked;
    this.#questions.set(question, {
      asked: sent.resolve,
      answered: answer.resolve,
      failed: answer.reject,
    });
    this.#own.ask(question, joined([head, text, bytes]));
    return { sent: sent.promise, answer: answer.promise };
  }

  /** A question is on its way to the other host. */
  asked(question: number): void {
    this.#questions.get(question)?.asked();
  }

  /** What the other host has said. */
  answered(question: number, news: Uint8Array): void {
    const asked = this.#questions.get(question);
    this.#questions.delete(question);
    const start = new DataView(news.buffer, news.byteOffset, NEWS_HEAD).getFloat64(0, true);
    const kind = decoder.decode(news.subarray(8, NEWS_HEAD)).replaceAll("\0", "");
    const content = news.subarray(NEWS_HEAD);
    if (kind === "bytes") return asked?.answered([start, newsOf(kind, content)]);
    const text = decoder.decode(content);
    if (kind !== "lost") asked?.answered([start, newsOf(kind, text)]);
    else if (KILLED.test(text)) asked?.answered([0, { kind: "ended", note: { ending: "killed", text: "" } }]);
    else asked?.failed(lostError(text));
  }
}

/** What Ray says of an actor that cannot be asked: the name of its error, and the rest. */
function lostError(said: string): Error {
  const [, name, text] = /^(\w+): (.*)$/s.exec(said) ?? ["", "", said];
  return name === "ActorUnavailableError" ? new ActorUnavailableError(text) : new Error(text);
}

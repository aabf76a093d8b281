/**
 * The ways from a process on a cluster to those of other actors there: its own host asks theirs, and no program is between them.
 *
 * @module
 */

import { ActorUnavailableError } from "../base/actor_errors.ts";
import type { ActorId } from "../base/ids.ts";
import { isRestartable } from "../supervise/actor_address.ts";
import type { ActorCell } from "../supervise/actor_cell.ts";
import { Bridged } from "../transport/claim_slot.ts";
import { PRIMARY } from "./creation.ts";
import { joined, placeOfMade } from "./far_host.ts";
import { type Exchange, type HostAnswer, newsOf } from "./host_line.ts";
import { HostSide, type OtherHost } from "./host_side.ts";
import type { Place } from "./membrane.ts";
import type { ProcessActor } from "./process_side.ts";
import type { Thread } from "./thread.ts";

/** What this process's own host does for it. */
export interface OwnHost {
  /** Asks another host; the number is the question's. */
  ask(number: number, question: Uint8Array): void;
  /** Has another host forget the key by which it was asked. */
  part(key: string): void;
  /** Does something else: what a text says (cluster/makes_source.ts). The number is the wish's. */
  want(number: number, words: Uint8Array): void;
}

/** An actor that another process is told of, and, if its host is being made, when it has been. */
export interface WayGuest {
  readonly id: ActorId;
  readonly made?: Promise<unknown> | undefined;
}

/** What the own host is to do for this process, with what the words are. */
export type Want = "make" | "find" | "names" | "ends" | "end" | "drop";

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
  readonly #wants = new Map<number, PromiseWithResolvers<unknown>>();
  #asked = 0;
  /** When the host of an actor that this process makes is there; `undefined` for any other actor. */
  made: (cell: ActorCell) => Promise<unknown> | undefined = () => undefined;

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

  /** The id of an actor to which there is a way, one that this process has made included. */
  idOf({ address, actorId, hasEnded }: ActorCell): ActorId | undefined {
    const { thread, local } = address;
    if (local !== PRIMARY) return undefined;
    const isMade = this.#thread.board.bridgeOf(thread) === Bridged.cluster;
    // Whoever restarts an actor says where it is then, and that is not heard in another process.
    return isMade && !isRestartable(address) && !hasEnded ? actorId : this.#ids.get(thread.id);
  }

  /** Where an actor is of which this process was told, or which it has made. */
  find(id: ActorId): Place {
    const made = placeOfMade(this.#thread, id);
    if (made !== undefined) return made;
    let side = this.#sides.get(id);
    if (side === undefined || side.link.isClosed) side = this.#open(id);
    return { thread: side.link.peer, local: PRIMARY };
  }

  #open(id: ActorId): HostSide {
    const key = crypto.randomUUID();
    const side = new HostSide(this.#thread, this.#actor, this.to(id, key));
    this.#sides.set(id, side);
    this.#ids.set(side.link.peer.id, id);
    return side;
  }

  /** How the host of an actor is asked that knows this process by `key`. */
  to(id: ActorId, key: string): OtherHost {
    return {
      ask: (exchange, heard, isAgain) => {
        const { guests } = exchange;
        const words = [id, key, ...guests.map(({ id }) => id)];
        if (guests.every(({ made }) => made === undefined)) {
          return this.#ask(words, exchange, heard, isAgain);
        }
        // The own host knows each guest's by then.
        const asked = Promise.all(guests.map(({ made }) => made))
          .then(() => this.#ask(words, exchange, heard, isAgain));
        return { sent: asked.then(({ sent }) => sent), answer: asked.then(({ answer }) => answer) };
      },
      part: () => this.#own.part(key),
    };
  }

  #ask(
    words: readonly string[],
    { number, bytes }: Exchange<WayGuest>,
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

  /** Has the own host do something; rejects with what it says of that. */
  want(want: Want, ...words: unknown[]): Promise<unknown> {
    const wish = Promise.withResolvers<unknown>();
    const number = ++this.#asked;
    this.#wants.set(number, wish);
    this.#own.want(number, encoder.encode(JSON.stringify([want, ...words])));
    return wish.promise;
  }

  /** It has done that. */
  got(number: number, said: Uint8Array): void {
    const wish = this.#wants.get(number);
    this.#wants.delete(number);
    const { value, error } = JSON.parse(decoder.decode(said));
    if (error === undefined) wish?.resolve(value);
    else wish?.reject(new Error(error));
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

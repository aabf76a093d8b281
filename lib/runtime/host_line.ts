/**
 * The line to one host on a cluster: numbered messages there, each of which is a question as well, for what its process says next.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { ActorUnavailableError } from "../base/actor_errors.ts";
import { ClusterConnectionError } from "../base/cluster_errors.ts";
import { type HostNews, joined } from "./far_host.ts";

/** A message to a process; what it says next is the answer. `Guest` is how a host is named whose handle goes beside the bytes. */
export interface Exchange<Guest> {
  /** Its number; −1 if it is but a question. */
  readonly number: number;
  /** What it brings. */
  readonly bytes: Uint8Array;
  /** The hosts that it speaks of, and that the other one has not heard of yet. */
  readonly guests: readonly Guest[];
}

/** Where a host's answer begins in what its process has said, and what is new. */
export type HostAnswer = readonly [start: number, news: HostNews];

/** How a host is asked. */
export interface HostWay<Guest> {
  /**
   * Asks. `heard` is how much of what the process has said is here. `sent` is fulfilled when the question has left, `answer` rejects
   * with `ActorUnavailableError` if it may be asked again.
   */
  ask(
    exchange: Exchange<Guest>,
    heard: number,
    isAgain: boolean,
  ): { readonly sent: Promise<unknown>; readonly answer: Promise<HostAnswer> };
}

/** So many messages are on their way at once; what is sent meanwhile goes with the next one. */
const WINDOW = 2;
/** So often in a row, and so many milliseconds later each time, a host that cannot be reached for the moment is asked again. */
const TRIES = 40;
const PAUSE = 500;
/** From so many bytes on, a process says much. */
export const LARGE_NEWS: number = 64 << 10;

const QUESTION: Exchange<never> = { number: -1, bytes: new Uint8Array(), guests: [] };

/** One host's line. */
export class HostLine<Guest = never> {
  readonly #begun: Promise<HostWay<Guest>>;
  #isClosed = false;
  #parts: Uint8Array[] = [];
  #guests: Guest[] = [];
  #told: (() => void)[] = [];
  #onTheWay = 0;
  #sent = 0;
  /** Exchanges without an answer. */
  #open = 0;
  /** How much of what the process has said is here, and what came too early. */
  #heard = 0;
  readonly #early: HostAnswer[] = [];
  #news: HostNews[] = [];
  #wanted: ((news: HostNews) => void) | undefined;

  /** @param begun How the host is asked, when it is known; rejects if there is none. */
  constructor(begun: Promise<HostWay<Guest>>) {
    this.#begun = begun;
    begun.then((way) => this.#question(way, 1), (error: Error) => this.#say({ kind: "failed", error }));
  }

  /** Sends bytes, which speak of `guests`; fulfilled when they have left. */
  async send(bytes: Uint8Array, guests: readonly Guest[] = []): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#parts.push(bytes);
    this.#guests.push(...guests);
    this.#told.push(resolve);
    this.#flush();
    await promise;
  }

  async #flush(): Promise<void> {
    if (this.#onTheWay === WINDOW || this.#parts.length === 0) return;
    this.#onTheWay++;
    let told: (() => void)[] = [];
    try {
      const way = await this.#begun.catch(() => undefined);
      // All that has come meanwhile; it goes nowhere if there is no host.
      const parts = this.#parts.splice(0);
      const guests = this.#guests.splice(0);
      told = this.#told.splice(0);
      if (way !== undefined && parts.length > 0) {
        await this.#exchange(way, { number: this.#sent++, bytes: joined(parts), guests });
      }
    } catch {
      // Whoever listens hears of it.
    } finally {
      this.#onTheWay--;
      for (const done of told) done();
      this.#flush();
    }
  }

  /** What is new. One question at a time. */
  news(): Promise<HostNews> {
    return new Promise((resolve) => {
      this.#wanted = resolve;
      this.#tell();
    });
  }

  #say(news: HostNews): void {
    // What the end of the session brings is no news.
    if (this.#isClosed) return;
    this.#news.push(news);
    this.#tell();
  }

  #tell(): void {
    if (this.#wanted === undefined || this.#news.length === 0) return;
    this.#wanted(this.#news.shift()!);
    this.#wanted = undefined;
  }

  /** So many questions are to be open. */
  #question(way: HostWay<Guest>, count: number): void {
    while (!this.#isClosed && this.#open < count) this.#exchange(way, QUESTION).catch(() => {});
  }

  /** Has the host be asked; fulfilled when it is on the way. */
  async #exchange(way: HostWay<Guest>, exchange: Exchange<Guest>): Promise<void> {
    this.#open++;
    const asked = way.ask(exchange, this.#heard, false);
    void this.#hear(way, exchange, asked.answer);
    await asked.sent;
  }

  async #hear(way: HostWay<Guest>, exchange: Exchange<Guest>, answer: Promise<HostAnswer>): Promise<void> {
    for (let tries = 1;; tries++) {
      try {
        const arrived = await answer;
        this.#open--;
        return this.#arrived(way, arrived);
      } catch (error) {
        if (this.#isClosed || !(error instanceof ActorUnavailableError) || tries === TRIES) {
          return this.#say(lost(error as Error));
        }
        await delay(PAUSE);
        const again = way.ask(exchange, this.#heard, true);
        again.sent.catch(() => {});
        answer = again.answer;
      }
    }
  }

  #arrived(way: HostWay<Guest>, answer: HostAnswer): void {
    const [, said] = answer;
    if (said.kind !== "bytes" || said.bytes.length > 0) this.#early.push(answer);
    for (;;) {
      const next = this.#early.findIndex(([start]) => start <= this.#heard);
      if (next === -1) break;
      const [[start, news]] = this.#early.splice(next, 1);
      if (news.kind !== "bytes") this.#say(news);
      else {
        // What was asked for again may have come before.
        const bytes = news.bytes.subarray(this.#heard - start);
        this.#heard += bytes.length;
        if (bytes.length > 0) this.#say({ ...news, bytes });
      }
    }
    // Each message is a question. When there is none, what the process says next is asked for; twice, if it says much.
    if (said.kind === "bytes") this.#question(way, said.bytes.length > LARGE_NEWS ? 2 : 1);
  }

  /** Nobody is told anything any more. */
  close(): void {
    this.#isClosed = true;
  }
}

/** What a host's answer says. */
export function newsOf(kind: string, content: unknown): HostNews {
  if (kind === "bytes") return { kind, bytes: content as Uint8Array };
  if (kind === "failed") return { kind, error: new Error(String(content)) };
  if (kind === "left") return { kind: "ended", note: { ending: "ended", text: `its process ${content}` } };
  return { kind: "ended", note: { ending: "process ended", text: String(content) } };
}

function lost(error: Error): HostNews {
  // Nobody could start it again.
  if (error instanceof ClusterConnectionError) {
    return { kind: "ended", note: { ending: "ended", text: error.message } };
  }
  const text = `on the cluster has ended: ${error.message.trim()}`;
  return { kind: "ended", note: { ending: "process ended", text } };
}

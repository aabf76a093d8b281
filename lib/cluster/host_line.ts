/**
 * The line to one host: numbered messages there, each of which is a question as well, for what its process says next.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { ActorUnavailableError } from "../base/actor_errors.ts";
import { ClusterConnectionError } from "../base/cluster_errors.ts";
import { type HostNews, joined } from "../runtime/far_host.ts";
import type { ClusterSession } from "../transport/ray/cluster_session.ts";
import { readPickle } from "../transport/ray/pickle_reader.ts";
import { failureOf } from "../transport/ray/python_errors.ts";
import { askActor, tellActor } from "../transport/ray/session_calls.ts";

/** A host that was asked for, or found. @internal */
export interface Host {
  readonly session: ClusterSession;
  /** Its id on the cluster. */
  readonly actor: Uint8Array;
  /** True if it ends with this program. */
  readonly isOwner: boolean;
}

/** So many messages are on their way at once; what is sent meanwhile goes with the next one. */
const WINDOW = 2;
/** So often in a row, and so many milliseconds later each time, a host that cannot be reached for the moment is asked again. */
const TRIES = 40;
const PAUSE = 500;
/** So many ids are released together, unless much is behind one. */
const RELEASED = 16;
/** From so many bytes on, it is much. */
const LARGE = 64 << 10;

const NOTHING = new Uint8Array();

/** A message to the process; what it says next is the answer. */
interface Exchange {
  /** Its number; −1 if it is but a question. */
  readonly number: number;
  readonly bytes: Uint8Array;
}

/** One host's line. @internal */
export class HostLine {
  /** Fulfilled when the cluster knows the host; rejects if it does not want it. */
  readonly begun: Promise<Host>;
  readonly #key: string;
  #isClosed = false;
  #parts: Uint8Array[] = [];
  #told: (() => void)[] = [];
  #onTheWay = 0;
  #sent = 0;
  /** Exchanges without an answer. */
  #open = 0;
  /** How much of what the process has said is here, and what came too early. */
  #heard = 0;
  readonly #early: { readonly start: number; readonly news: HostNews }[] = [];
  #news: HostNews[] = [];
  #wanted: ((news: HostNews) => void) | undefined;
  #spent: Uint8Array[] = [];

  /**
   * @param begun The host.
   * @param key By what it knows this program.
   */
  constructor(begun: Promise<Host>, key: string) {
    this.begun = begun;
    this.#key = key;
    begun.then((host) => this.#question(host, 1), (error: Error) => this.#say({ kind: "failed", error }));
  }

  /** Sends bytes; fulfilled when they have left. */
  async send(bytes: Uint8Array): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#parts.push(bytes);
    this.#told.push(resolve);
    this.#flush();
    await promise;
  }

  async #flush(): Promise<void> {
    if (this.#onTheWay === WINDOW || this.#parts.length === 0) return;
    this.#onTheWay++;
    let told: (() => void)[] = [];
    try {
      const host = await this.begun.catch(() => undefined);
      // All that has come meanwhile; it goes nowhere if there is no host.
      const parts = this.#parts.splice(0);
      told = this.#told.splice(0);
      if (host !== undefined && parts.length > 0) {
        await this.#exchange(host, { number: this.#sent++, bytes: joined(parts) });
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
  #question(host: Host, count: number): void {
    while (!this.#isClosed && this.#open < count) this.#exchange(host).catch(() => {});
  }

  /** Has the host be asked; fulfilled when the server knows. */
  async #exchange(host: Host, exchange: Exchange = { number: -1, bytes: NOTHING }): Promise<void> {
    this.#open++;
    const asked = this.#ask(host, exchange, false);
    void this.#hear(host, exchange, asked);
    await asked;
  }

  #ask({ session, actor }: Host, { number, bytes }: Exchange, isAgain: boolean): Promise<Uint8Array> {
    return askActor(session, actor, "manta_exchange", [this.#key, number, bytes, this.#heard, isAgain]);
  }

  async #hear(host: Host, exchange: Exchange, asked: Promise<Uint8Array>): Promise<void> {
    for (let tries = 1;; tries++) {
      try {
        const [start, news] = await this.#answer(host, await asked);
        this.#open--;
        return this.#arrived(host, start, news);
      } catch (error) {
        if (this.#isClosed || !(error instanceof ActorUnavailableError) || tries === TRIES) {
          return this.#say(lost(error as Error));
        }
        await delay(PAUSE);
        asked = this.#ask(host, exchange, true);
      }
    }
  }

  async #answer({ session }: Host, id: Uint8Array): Promise<[start: number, news: HostNews]> {
    const data = await session.get(id);
    const count = this.#spent.push(id);
    if (count === RELEASED || data.length > LARGE || this.#isClosed) session.release(this.#spent.splice(0));
    const value = readPickle(data, () => undefined);
    const failure = failureOf(value);
    if (failure !== undefined) throw failure;
    const [kind, content, start] = value as [string, unknown, number];
    return [start, newsOf(kind, content)];
  }

  #arrived(host: Host, start: number, news: HostNews): void {
    if (news.kind !== "bytes" || news.bytes.length > 0) this.#early.push({ start, news });
    for (;;) {
      const next = this.#early.findIndex(({ start }) => start <= this.#heard);
      if (next === -1) break;
      const [{ start, news }] = this.#early.splice(next, 1);
      if (news.kind !== "bytes") this.#say(news);
      else {
        // What was asked for again may have come before.
        const bytes = news.bytes.subarray(this.#heard - start);
        this.#heard += bytes.length;
        if (bytes.length > 0) this.#say({ ...news, bytes });
      }
    }
    // Each message is a question. When there is none, what the process says next is asked for; twice, if it says much.
    if (news.kind === "bytes") this.#question(host, news.bytes.length > LARGE ? 2 : 1);
  }

  /** Lets go of the process; ends it, and its host, if it is this program's own, or if all of it is to end. */
  async end(isKilled: boolean): Promise<void> {
    this.#isClosed = true;
    const { session, actor, isOwner } = await this.begun;
    if (isKilled || isOwner) await session.kill(actor, true);
    else await this.leave();
    session.release([actor]);
  }

  /** Says that this program speaks to it no more: nobody is told anything any more. */
  async leave(): Promise<void> {
    this.#isClosed = true;
    const { session, actor, isOwner } = await this.begun;
    if (!isOwner) await tellActor(session, actor, "manta_leave", [this.#key]);
  }
}

function newsOf(kind: string, content: unknown): HostNews {
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

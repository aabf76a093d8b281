/**
 * The line to one host: numbered messages there, and a question at a time for what its process has said.
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
  /** How much of what the process has said is here. */
  #heard = 0;

  /**
   * @param begun The host.
   * @param key By what it knows this program.
   */
  constructor(begun: Promise<Host>, key: string) {
    this.begun = begun;
    this.#key = key;
    begun.catch(() => {});
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
      const host = await this.begun;
      // All that has come meanwhile.
      const parts = this.#parts.splice(0);
      told = this.#told.splice(0);
      if (parts.length > 0) {
        const message = [this.#key, this.#sent++, joined(parts)];
        await tellActor(host.session, host.actor, "manta_send", message);
      }
    } catch {
      // Whoever listens hears of it.
    } finally {
      this.#onTheWay--;
      for (const done of told) done();
      this.#flush();
    }
  }

  /** What is new. */
  async news(): Promise<HostNews> {
    const news = await this.#news();
    // What the end of the session brings is no news.
    return this.#isClosed ? await new Promise(() => {}) : news;
  }

  async #news(): Promise<HostNews> {
    let host: Host;
    try {
      host = await this.begun;
    } catch (error) {
      return { kind: "failed", error: error as Error };
    }
    for (let tries = 1; !this.#isClosed; tries++) {
      try {
        const news = await this.#ask(host);
        // After a while it answers that there is nothing.
        if (news.kind === "bytes" && news.bytes.length === 0) tries = 0;
        else return news;
      } catch (error) {
        if (this.#isClosed || !(error instanceof ActorUnavailableError) || tries === TRIES) {
          return lost(error as Error);
        }
        await delay(PAUSE);
      }
    }
    return await new Promise(() => {});
  }

  async #ask(host: Host): Promise<HostNews> {
    const id = await askActor(host.session, host.actor, "manta_receive", [this.#key, this.#heard]);
    const value = readPickle(await host.session.get(id), () => undefined);
    host.session.release([id]);
    const failure = failureOf(value);
    if (failure !== undefined) throw failure;
    const [kind, content, heard] = value as [string, unknown, number];
    if (kind === "failed") return { kind, error: new Error(String(content)) };
    if (kind === "ended") return { kind, note: { ending: "process ended", text: String(content) } };
    if (kind === "left") return { kind: "ended", note: { ending: "ended", text: `its process ${content}` } };
    this.#heard = heard;
    return { kind: "bytes", bytes: content as Uint8Array };
  }

  /** Lets go of the process; ends it, and its host, if it is this program's own, or if all of it is to end. */
  async end(isKilled: boolean): Promise<void> {
    this.close();
    const { session, actor, isOwner } = await this.begun;
    if (isKilled || isOwner) await session.kill(actor, true);
    else await this.leave();
    session.release([actor]);
  }

  /** Says that this program speaks to it no more. */
  async leave(): Promise<void> {
    this.close();
    const { session, actor, isOwner } = await this.begun;
    if (!isOwner) await tellActor(session, actor, "manta_leave", [this.#key]);
  }

  /** Nobody is told anything any more. */
  close(): void {
    this.#isClosed = true;
  }
}

function lost(error: Error): HostNews {
  // Nobody could start it again.
  if (error instanceof ClusterConnectionError) {
    return { kind: "ended", note: { ending: "ended", text: error.message } };
  }
  const text = `on the cluster has ended: ${error.message.trim()}`;
  return { kind: "ended", note: { ending: "process ended", text } };
}

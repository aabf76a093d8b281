/**
 * A host on the cluster, as a session of Ray Client's speaks to it.
 *
 * @module
 */

import type { Exchange, HostAnswer } from "../runtime/host_line.ts";
import { LARGE_NEWS, newsOf } from "../runtime/host_line.ts";
import type { LedGuest, LedHost } from "../runtime/host_lines.ts";
import type { ClusterSession } from "../transport/ray/cluster_session.ts";
import { readPickle } from "../transport/ray/pickle_reader.ts";
import { failureOf } from "../transport/ray/python_errors.ts";
import { ActorRef } from "../transport/ray/remote_refs.ts";
import { askActor, tellActor } from "../transport/ray/session_calls.ts";

/** So many ids are released together, unless much is behind one. */
const RELEASED = 16;

/** A host that was asked for, or found. @internal */
export class SessionHost implements LedHost<SessionHost> {
  readonly #session: ClusterSession;
  /** Its id on the cluster. */
  readonly actor: Uint8Array;
  /** True if it ends with this program. */
  readonly isOwner: boolean;
  readonly #key: string;
  #spent: Uint8Array[] = [];
  #isLeft = false;

  /**
   * @param session The session.
   * @param actor Its id on the cluster.
   * @param key By what it knows this program.
   * @param isOwner True if it ends with this program.
   */
  constructor(session: ClusterSession, actor: Uint8Array, key: string, isOwner: boolean) {
    this.#session = session;
    this.actor = actor;
    this.#key = key;
    this.isOwner = isOwner;
  }

  /** {@inheritDoc LedHost.ask} */
  ask(
    exchange: Exchange<LedGuest<SessionHost>>,
    heard: number,
    isAgain: boolean,
  ): { sent: Promise<unknown>; answer: Promise<HostAnswer> } {
    const sent = this.#send(exchange, heard, isAgain);
    return { sent, answer: sent.then((id) => this.#answer(id)) };
  }

  async #send(
    { number, bytes, guests }: Exchange<LedGuest<SessionHost>>,
    heard: number,
    isAgain: boolean,
  ): Promise<Uint8Array> {
    const args: unknown[] = [this.#key, number, bytes, heard, isAgain];
    if (guests.length > 0) {
      const hosts = await Promise.all(guests.map(({ host }) => host));
      // At once, before the server forgets one.
      const told = guests.flatMap(({ key }, at): [string, ActorRef][] => {
        const host = hosts[at];
        return host === undefined || host.#isLeft ? [] : [[key, new ActorRef(host.actor)]];
      });
      args.push(new Map(told));
    }
    return await askActor(this.#session, this.actor, "manta_exchange", args);
  }

  async #answer(id: Uint8Array): Promise<HostAnswer> {
    const data = await this.#session.get(id);
    const count = this.#spent.push(id);
    if (count === RELEASED || data.length > LARGE_NEWS || this.#isLeft) {
      this.#session.release(this.#spent.splice(0));
    }
    const value = readPickle(data, () => undefined);
    const failure = failureOf(value);
    if (failure !== undefined) throw failure;
    const [kind, content, start] = value as [string, unknown, number];
    return [start, newsOf(kind, content)];
  }

  /** Ends it, and its process. */
  async kill(): Promise<void> {
    this.#isLeft = true;
    await this.#session.kill(this.actor, true);
    this.#session.release([this.actor]);
  }

  /** Lets go of it: it knows this program no more. */
  async part(): Promise<void> {
    await this.leave();
    this.#session.release([this.actor]);
  }

  /** Says that this program speaks to it no more. */
  async leave(): Promise<void> {
    this.#isLeft = true;
    await tellActor(this.#session, this.actor, "manta_leave", [this.#key]);
  }
}

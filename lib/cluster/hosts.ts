/**
 * The processes of a program on the nodes, as the gateway has them: each is started, and spoken to, by a Python actor, its host.
 *
 * @module
 */

import type { HostWish } from "../runtime/far_host.ts";
import type { ClusterSession } from "../transport/ray/cluster_session.ts";
import { writePickle } from "../transport/ray/pickle_writer.ts";
import { ObjectRefId } from "../transport/ray/remote_refs.ts";
import { type PackedProgram, packProgram } from "../transport/ray/sent_program.ts";
import { makeActor } from "../transport/ray/session_calls.ts";
import { type Host, HostLine } from "./host_line.ts";
import { hostClass } from "./host_source.ts";

/** What is asked for a process, and what its ids begin with. @internal */
export type PlacedWish = HostWish & { readonly place: string };

/** A program that is on the cluster, as long as the session is. */
interface SentProgram {
  readonly marker: string;
  readonly object: ObjectRefId;
}

/** The hosts of one job. @internal */
export class Hosts {
  readonly #session: Promise<ClusterSession>;
  readonly #lines = new Map<number, HostLine>();
  #cls: Promise<Uint8Array> | undefined;
  #program: Promise<SentProgram> | undefined;

  /** @param session The session, when its job has begun. */
  constructor(session: Promise<ClusterSession>) {
    this.#session = session;
  }

  /** The line to the host of a bridge's process, if there is one. */
  find(bridge: number): HostLine | undefined {
    return this.#lines.get(bridge);
  }

  /** The same; a line that is dead if there is none. */
  of(bridge: number): HostLine {
    return this.find(bridge) ?? new HostLine(Promise.reject(new Error("it was never started")));
  }

  /** Starts a process; fulfilled when its host is asked for. */
  async start(bridge: number, wish: PlacedWish): Promise<void> {
    const line = new HostLine(this.#make(wish));
    this.#lines.set(bridge, line);
    await line.begun;
  }

  async #make({ name, options, command, folders, place }: PlacedWish): Promise<Host> {
    const session = await this.#session;
    this.#cls ??= session.put(writePickle(hostClass()));
    this.#program ??= sent(session, packProgram(folders));
    const [cls, { marker, object }] = await Promise.all([this.#cls, this.#program]);
    const actor = await makeActor(session, `make an actor of class "${name}"`, {
      cls,
      // In a list: the host fetches it if its node has none.
      args: [{ ...command, place, marker }, [object]],
      options,
    });
    return { session, actor };
  }

  /** Ends a process; what that throws is of a session that has ended, or of a host that never began. */
  async end(bridge: number): Promise<void> {
    const line = this.#lines.get(bridge);
    this.#lines.delete(bridge);
    await line?.end().catch(() => {});
  }

  /** The session is about to be closed: nobody hears of the ends that this brings. */
  close(): void {
    for (const line of this.#lines.values()) line.close();
  }
}

/** Workers of any environment can read an object, so that none need be started for it. */
async function sent(session: ClusterSession, packed: Promise<PackedProgram>): Promise<SentProgram> {
  const { bytes, marker } = await packed;
  return { marker, object: new ObjectRefId(await session.put(writePickle(bytes))) };
}

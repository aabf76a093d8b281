/**
 * The processes of a program on the nodes, as the gateway has them: each is started, and spoken to, by a Python actor, its host.
 * Those of other programs that have names are found, and spoken to in the same way.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { ActorDiedError } from "../base/actor_errors.ts";
import type { ClassShape } from "../define/class_definition.ts";
import { nameKey } from "../registry/name_key.ts";
import type { FoundHost, HostNews, HostOptions, HostWish } from "../runtime/far_host.ts";
import { HostLine } from "../runtime/host_line.ts";
import { takenError } from "../runtime/names.ts";
import type { ClusterSession } from "../transport/ray/cluster_session.ts";
import { readPickle } from "../transport/ray/pickle_reader.ts";
import { writePickle } from "../transport/ray/pickle_writer.ts";
import { withFoldersSent } from "../transport/ray/program_package.ts";
import { failureOf } from "../transport/ray/python_errors.ts";
import { ObjectRefId } from "../transport/ray/remote_refs.ts";
import { type PackedProgram, packProgram } from "../transport/ray/sent_program.ts";
import { askActor, findActor, makeActor } from "../transport/ray/session_calls.ts";
import { hostClass } from "./host_source.ts";
import { inRayWords } from "./python_options.ts";
import { type SessionGuest, SessionHost } from "./session_host.ts";
import { textOf } from "./ticket.ts";

/** What is asked for a process, and what its ids begin with. @internal */
export type PlacedWish = HostWish & { readonly place: string };

/** A bridge whose process others are told of, by `key`, and when it has ended. @internal */
export interface PlacedGuest {
  readonly key: string;
  readonly bridge: number;
  readonly isOver: Promise<void>;
}

/** A host, when the cluster knows it, and the line to it. */
interface Line {
  readonly host: Promise<SessionHost>;
  readonly line: HostLine<SessionGuest>;
  /** The process has ended or said that it does: the host tells all others why, and ends itself. */
  isOver: boolean;
}

/** A program that is on the cluster, as long as the session is. */
interface SentProgram {
  readonly marker: string;
  readonly object: ObjectRefId;
}

/** So long after its actor was ended, in milliseconds, a name may still be taken; and the time between two looks. */
const NAME_PATIENCE = 10_000;
const NAME_PAUSE = 50;
/** So long, in milliseconds, a host that is to end itself has for that: longer than it waits for others (process_source.ts). */
const FAREWELL = 6_000;
/** So many questions a host may have open: two for each of those who speak to it. Ray's own limit is 1,000. */
const MANY = 100_000;

/** The hosts of one job. @internal */
export class Hosts {
  readonly #session: Promise<ClusterSession>;
  readonly #lines = new Map<number, Line>();
  /** Of bridges that are spoken of, and have not asked for their hosts yet. */
  readonly #awaited = new Map<number, PromiseWithResolvers<void>>();
  readonly #classes = new Map<string, Promise<Uint8Array>>();
  /** Those that this program has ended, or has found ended: their names are about to be free. */
  readonly #ended = new Set<string>();
  readonly #ending = new Set<Promise<void>>();
  #program: Promise<SentProgram> | undefined;

  /** @param session The session, when its job has begun. */
  constructor(session: Promise<ClusterSession>) {
    this.#session = session;
  }

  /** Sends bytes to a bridge's process, which speak of the processes of `guests`; fulfilled when it has room for more. */
  async send(bridge: number, bytes: Uint8Array, guests: readonly PlacedGuest[]): Promise<void> {
    await this.#lines.get(bridge)?.line.send(bytes, guests.map((guest) => this.#guest(guest)));
  }

  /** What is new of a bridge's process. */
  async news(bridge: number): Promise<HostNews> {
    const line = this.#lines.get(bridge)?.line;
    const news = await (line ?? new HostLine(Promise.reject(new Error("it was never started")))).news();
    if (news.kind !== "bytes") this.over(bridge);
    return news;
  }

  /** A bridge's process is about to end. */
  over(bridge: number): void {
    const line = this.#lines.get(bridge);
    if (line !== undefined) line.isOver = true;
  }

  #guest({ key, bridge, isOver }: PlacedGuest): SessionGuest {
    return { key, host: this.#hostOf(bridge, isOver).catch(() => undefined) };
  }

  async #hostOf(bridge: number, isOver: Promise<void>): Promise<SessionHost | undefined> {
    if (!this.#lines.has(bridge)) {
      const begun = this.#awaited.get(bridge) ?? Promise.withResolvers<void>();
      this.#awaited.set(bridge, begun);
      await Promise.race([begun.promise, isOver]);
      this.#awaited.delete(bridge);
    }
    return await this.#lines.get(bridge)?.host;
  }

  /** Starts a process; fulfilled when its host is asked for: true if it ends with this program. */
  async start(bridge: number, wish: PlacedWish): Promise<boolean> {
    const key = crypto.randomUUID();
    return await this.#begin(bridge, this.#make(wish, key));
  }

  /** Speaks to a process that is there. */
  async join(bridge: number, actor: Uint8Array): Promise<void> {
    const found = async () => new SessionHost(await this.#session, actor, crypto.randomUUID(), false);
    await this.#begin(bridge, found());
  }

  async #begin(bridge: number, host: Promise<SessionHost>): Promise<boolean> {
    this.#lines.set(bridge, { host, line: new HostLine(host), isOver: false });
    this.#awaited.get(bridge)?.resolve();
    try {
      return (await host).isOwner;
    } catch {
      // Its news say why.
      return true;
    }
  }

  async #make(wish: PlacedWish, maker: string): Promise<SessionHost> {
    const { shape, getIfExists, options: { name, namespace } } = wish;
    if (typeof name !== "string" || typeof namespace !== "string") return await this.#makeNew(wish, maker);
    for (;;) {
      // Of an actor that starts again, or anew: its last host may still have the name.
      await this.#holderOf(name, namespace);
      try {
        return await this.#makeNew(wish, maker);
      } catch (error) {
        if (!/already taken/.test((error as Error).message)) throw error;
      }
      // Another program was quicker.
      const found = await this.named(name, namespace);
      if (found === undefined) continue;
      const isSame = found.about?.shape.key === shape.key;
      const naming = { key: nameKey(namespace, name), getIfExists };
      if (!getIfExists || !isSame) throw takenError(naming, shape, isSame);
      return new SessionHost(await this.#session, found.actor, maker, false);
    }
  }

  async #makeNew(
    { shape, about, options, command, folders, place }: PlacedWish,
    maker: string,
  ): Promise<SessionHost> {
    const session = await this.#session;
    this.#program ??= sent(session, packProgram(folders));
    const [cls, { marker, object }] = await Promise.all([this.#classOf(session, shape), this.#program]);
    const actor = await makeActor(session, `make an actor of class "${shape.name}"`, {
      cls,
      // In a list: the host fetches it if its node has none.
      args: [{ ...command, place, marker, maker, about: JSON.stringify({ ...about, shape }) }, [object]],
      options: { max_concurrency: MANY, ...await optionsOf(session, options) },
    });
    return new SessionHost(session, actor, maker, options.lifetime !== "detached");
  }

  #classOf(session: ClusterSession, shape: ClassShape): Promise<Uint8Array> {
    const text = JSON.stringify(shape);
    let cls = this.#classes.get(text);
    if (cls === undefined) {
      cls = session.put(writePickle(hostClass(shape)));
      this.#classes.set(text, cls);
    }
    return cls;
  }

  /** The actor on the cluster that has a name, if there is one; what it is, if asked for, when it has begun. */
  async named(name: string, namespace: string, asks = true): Promise<FoundHost | undefined> {
    const actor = await this.#holderOf(name, namespace);
    if (actor === undefined) return undefined;
    if (!asks) return { actor, about: undefined };
    const session = await this.#session;
    let answer: Uint8Array;
    try {
      answer = await askActor(session, actor, "manta_about", []);
    } catch (error) {
      // The server knows the methods of Python's classes.
      if (/AttributeError/.test((error as Error).message)) return { actor, about: undefined };
      throw error;
    }
    const value = readPickle(await session.get(answer), () => undefined);
    session.release([answer]);
    const failure = failureOf(value);
    if (failure instanceof ActorDiedError) {
      if (this.#ended.has(textOf(actor))) return undefined;
      // Its name is about to be free.
      this.#ended.add(textOf(actor));
      return await this.named(name, namespace);
    }
    if (failure !== undefined) throw failure;
    return { actor, about: JSON.parse(String(value)) };
  }

  async #holderOf(name: string, namespace: string): Promise<Uint8Array | undefined> {
    const session = await this.#session;
    const until = performance.now() + NAME_PATIENCE;
    for (;;) {
      const actor = await findActor(session, name, namespace);
      if (actor === undefined || !this.#ended.has(textOf(actor)) || performance.now() > until) return actor;
      await delay(NAME_PAUSE);
    }
  }

  /** Lets go of a process; ends it, if it is this program's own, or if all of it is to end. What that throws is of a session that has ended, or of a host that never began. */
  async end(bridge: number, isKilled: boolean): Promise<void> {
    const line = this.#lines.get(bridge);
    this.#lines.delete(bridge);
    if (line === undefined) return;
    const ending = this.#end(line, isKilled).catch(() => {}).finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
    await ending;
  }

  async #end({ line, host: begun, isOver }: Line, isKilled: boolean): Promise<void> {
    line.close();
    const host = await begun;
    if (!isKilled && !host.isOwner) return await host.part();
    this.#ended.add(textOf(host.actor));
    if (!isOver) return await host.kill();
    await host.leave();
    delay(FAREWELL).then(() => host.kill()).catch(() => {});
  }

  /** Fulfilled when the cluster has heard of all ends so far. */
  async endedAll(): Promise<void> {
    await Promise.all(this.#ending);
  }

  /** The session is about to be closed: nobody hears of the ends that this brings. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.#lines.values()].map(async ({ line, host }) => {
      line.close();
      const { isOwner } = await host;
      if (!isOwner) await (await host).leave();
    }));
  }
}

/** Options in Ray's words; folders of this machine that a runtime environment names are sent. */
async function optionsOf(session: ClusterSession, options: HostOptions): Promise<Record<string, unknown>> {
  const { runtimeEnv } = options;
  const sent = runtimeEnv && await withFoldersSent(runtimeEnv, session.store);
  return inRayWords(Object.entries({ ...options, runtimeEnv: sent }));
}

/** Workers of any environment can read an object, so that none need be started for it. */
async function sent(session: ClusterSession, packed: Promise<PackedProgram>): Promise<SentProgram> {
  const { bytes, marker } = await packed;
  return { marker, object: new ObjectRefId(await session.put(writePickle(bytes))) };
}

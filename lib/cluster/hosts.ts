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
import type { FoundHost, HostOptions, ProgramWish } from "../runtime/far_host.ts";
import { HostLines } from "../runtime/host_lines.ts";
import { takenError } from "../runtime/names.ts";
import type { Thread } from "../runtime/thread.ts";
import type { ThreadAddress } from "../transport/thread_address.ts";
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
import { SessionHost } from "./session_host.ts";
import { textOf } from "./ticket.ts";

/** What is asked for a process, and what its ids begin with. @internal */
export type PlacedWish = ProgramWish & { readonly place: string };

/** A program that is on the cluster, as long as the session is. */
interface SentProgram {
  readonly marker: string;
  readonly object: ObjectRefId;
}

/** So long after its actor was ended, in milliseconds, a name may still be taken; and the time between two looks. */
const NAME_PATIENCE = 10_000;
const NAME_PAUSE = 50;
/** So long it is asked whether it lives, in milliseconds, by whoever need not know what it is: it may not have begun. */
const LOOK_PATIENCE = 1_000;
/** So many questions a host may have open: two for each of those who speak to it. Ray's own limit is 1,000. */
const MANY = 100_000;

/** The hosts of one job. @internal */
export class Hosts {
  readonly #session: Promise<ClusterSession>;
  /** The lines to them, by their bridges. */
  readonly lines: HostLines<SessionHost>;
  readonly #classes = new Map<string, Promise<Uint8Array>>();
  /** Those that this program has ended, or has found ended: their names are about to be free. */
  readonly #ended = new Set<string>();
  #program: Promise<SentProgram> | undefined;

  /**
   * @param thread The gateway's thread.
   * @param session The session, when its job has begun.
   */
  constructor(thread: Thread, session: Promise<ClusterSession>) {
    this.#session = session;
    this.lines = new HostLines(thread, ({ actor }) => this.#ended.add(textOf(actor)));
  }

  /** Starts a process; fulfilled when its host is asked for: true if it ends with this program. */
  async start(bridge: ThreadAddress, wish: PlacedWish): Promise<boolean> {
    return await this.lines.begin(bridge, this.#make(wish, crypto.randomUUID()));
  }

  /** Speaks to a process that is there. */
  async join(bridge: ThreadAddress, actor: Uint8Array): Promise<void> {
    const found = async () => new SessionHost(await this.#session, actor, crypto.randomUUID(), false);
    await this.lines.begin(bridge, found());
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
        if (!/already (taken|exists)/.test((error as Error).message)) throw error;
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
    const lasts = options.lifetime === "detached";
    const said = { marker, place, maker, lasts, about: JSON.stringify({ ...about, shape }) };
    const actor = await makeActor(session, `make an actor of class "${shape.name}"`, {
      cls,
      // In a list: the host fetches it if its node has none.
      args: [{ ...command, ...said }, [object]],
      options: { max_concurrency: MANY, ...await optionsOf(session, options) },
    });
    return new SessionHost(session, actor, maker, !lasts);
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
    const asked = this.#ask(actor);
    const unknown = { actor, about: undefined };
    const found = await (asks ? asked : Promise.race([asked, delay(LOOK_PATIENCE).then(() => unknown)]));
    if (found !== undefined || this.#ended.has(textOf(actor))) return found;
    // Its name is about to be free.
    this.#ended.add(textOf(actor));
    return await this.named(name, namespace, asks);
  }

  /** What an actor is; `undefined` for one that has ended. */
  async #ask(actor: Uint8Array): Promise<FoundHost | undefined> {
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
    if (failure instanceof ActorDiedError) return undefined;
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

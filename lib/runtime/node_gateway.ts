/**
 * The gateway of a process on a node of a cluster: an actor on its first thread, by which actors there make others on the cluster. The
 * process's own host makes theirs, and asks them: no program is between them.
 *
 * @module
 */

import type { ActorId } from "../base/ids.ts";
import type { ClassShape } from "../define/class_definition.ts";
import { nameKey } from "../registry/name_key.ts";
import { ActorCell } from "../supervise/actor_cell.ts";
import { Bridged } from "../transport/claim_slot.ts";
import { ProcessTable } from "../transport/process_table.ts";
import type { ThreadAddress } from "../transport/thread_address.ts";
import { PRIMARY } from "./creation.ts";
import type { AboutFar, HostGuest, HostNews, HostWish } from "./far_host.ts";
import { gatewayShape, UNLIMITED } from "./gateway.ts";
import type { Exchange, HostAnswer } from "./host_line.ts";
import { HostLines, type LedGuest, type LedHost } from "./host_lines.ts";
import type { HostWays } from "./host_ways.ts";
import { createInline } from "./inline_actors.ts";
import { takenError } from "./names.ts";
import type { FoundOnNode } from "./node.ts";
import type { ProcessActor } from "./process_side.ts";
import type { Thread } from "./thread.ts";

/** Opens it. Nothing else may have begun in the thread, which decides its number: see `node.ts`. */
export function openNodeGateway(thread: Thread, actor: ProcessActor, ways: HostWays): void {
  new ProcessTable(thread.board).joinNode();
  const lines = new HostLines<NodeHost>(thread, (host) => void host.ends());
  ways.made = ({ address: { thread: bridge } }) =>
    thread.board.bridgeOf(bridge) === Bridged.cluster
      ? lines.hostOf(bridge).catch(() => undefined)
      : undefined;
  const cls = class extends NodeGateway {
    constructor() {
      super(thread, actor, ways, lines);
    }
  };
  // That of the actor which the process is for.
  if (thread.host.nextActor() !== PRIMARY) throw new Error("it is not the first");
  const definition = { cls, module: "", options: {}, shape: gatewayShape, isAsync: true };
  createInline(thread, definition, {
    className: gatewayShape.name,
    placement: "inline",
    maxConcurrency: UNLIMITED,
    isSerial: false,
    maxPendingCalls: Infinity,
    fault: () => undefined,
    isDetached: true,
  }, []);
}

/** What is called of `Gateway` there; `findHost` gives a handle. */
class NodeGateway {
  readonly #thread: Thread;
  readonly #actor: ProcessActor;
  readonly #ways: HostWays;
  readonly #lines: HostLines<NodeHost>;

  constructor(thread: Thread, actor: ProcessActor, ways: HostWays, lines: HostLines<NodeHost>) {
    this.#thread = thread;
    this.#actor = actor;
    this.#ways = ways;
    this.#lines = lines;
  }

  async startHost(bridge: ThreadAddress, wish: HostWish & { readonly place: string }): Promise<boolean> {
    return await this.#lines.begin(bridge, this.#make(wish));
  }

  async #make({ place, ...wish }: HostWish & { readonly place: string }): Promise<NodeHost> {
    const { shape, about: { id }, getIfExists, options: { name, namespace, lifetime } } = wish;
    const key = crypto.randomUUID();
    const taken = await this.#ways.want("make", id, key, place, wish) as FoundText | null;
    const host = new NodeHost(this.#ways, id, key, taken === null && lifetime !== "detached");
    if (taken === null) return host;
    const isSame = aboutOf(taken)?.shape.key === shape.key;
    if (getIfExists && isSame) return host;
    void host.part();
    throw takenError({ key: nameKey(String(namespace), String(name)), getIfExists }, shape, isSame);
  }

  async sendToHost(bridge: number, bytes: Uint8Array, guests: readonly HostGuest[] = []): Promise<void> {
    await this.#lines.send(bridge, bytes, guests);
  }

  async hostNews(bridge: number): Promise<HostNews> {
    return await this.#lines.news(bridge);
  }

  hostOver(bridge: number): void {
    this.#lines.over(bridge);
  }

  async findHost(name: string, namespace: string, asks: boolean): Promise<FoundOnNode | undefined> {
    await this.#lines.endedAll();
    const found = await this.#ways.want("find", name, namespace, asks) as FoundText | null;
    if (found === null) return undefined;
    const about = aboutOf(found);
    return about === undefined ? {} : { shape: about.shape, handle: this.#handleOf(about) };
  }

  #handleOf({ id, shape, settings: { isSerial } }: FoundAbout): object {
    const { cells } = this.#thread;
    const found = this.#actor.find(id)!;
    const known = { ownsThread: false, isSerial, maxPendingCalls: Infinity, id };
    return cells.handleOf(found instanceof ActorCell ? found : cells.of({ ...known, ...found }, shape));
  }

  async namedActors(): Promise<unknown> {
    await this.#lines.endedAll();
    return await this.#ways.want("names");
  }
}

/** What is found by a name: what it is, as a text, unless it is of another language. */
interface FoundText {
  readonly about: string | null;
}

type FoundAbout = AboutFar & { readonly shape: ClassShape };

function aboutOf({ about }: FoundText): FoundAbout | undefined {
  return about === null ? undefined : JSON.parse(about);
}

/** The host of an actor that this process has made. */
class NodeHost implements LedHost<NodeHost> {
  readonly isOwner: boolean;
  readonly #ways: HostWays;
  readonly #id: ActorId;
  readonly #key: string;

  constructor(ways: HostWays, id: ActorId, key: string, isOwner: boolean) {
    this.#ways = ways;
    this.#id = id;
    this.#key = key;
    this.isOwner = isOwner;
  }

  ask(
    { guests, ...exchange }: Exchange<LedGuest<NodeHost>>,
    heard: number,
    isAgain: boolean,
  ): { sent: Promise<unknown>; answer: Promise<HostAnswer> } {
    const told = guests.map(({ key, host }) => ({ id: key as ActorId, made: host }));
    return this.#ways.to(this.#id, this.#key).ask({ ...exchange, guests: told }, heard, isAgain);
  }

  /** It is about to end. */
  async ends(): Promise<void> {
    await this.#ways.want("ends", this.#key);
  }

  async kill(): Promise<void> {
    await this.#ways.want("end", this.#id, this.#key);
  }

  async part(): Promise<void> {
    await this.leave();
    await this.#ways.want("drop", this.#id, this.#key);
  }

  leave(): Promise<void> {
    this.#ways.to(this.#id, this.#key).part();
    return Promise.resolve();
  }
}

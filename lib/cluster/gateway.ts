/**
 * The actor that is connected to the cluster. It has a thread of its own, so that a driver may block, or be busy, and none of its
 * sockets keeps the program alive. Values pass as pickles; it reads none.
 *
 * @module
 */

import { remote } from "../api/remote.ts";
import { currentThread } from "../runtime/current.ts";
import type { FoundHost, HostGuest, HostNews } from "../runtime/far_host.ts";
import { type Gateway, UNLIMITED } from "../runtime/gateway.ts";
import type { JobOptions } from "../transport/ray/client.ts";
import type { ClusterSession } from "../transport/ray/cluster_session.ts";
import { openSession } from "../transport/ray/connect.ts";
import type { TaskContent } from "../transport/ray/messages.ts";
import { withFoldersSent } from "../transport/ray/program_package.ts";
import type { ThreadAddress } from "../transport/thread_address.ts";
import { Hosts, type PlacedWish } from "./hosts.ts";
import { moved } from "./moved.ts";

/** A session on the cluster. What callers know of it stands in runtime/gateway.ts. @internal */
export class ClusterGateway implements Gateway {
  readonly #session: Promise<ClusterSession>;
  readonly #hosts: Hosts;

  constructor(address: string, job: JobOptions) {
    this.#session = begin(address, job);
    this.#hosts = new Hosts(currentThread()!, this.#session);
    // Whoever wants something of it hears of it.
    this.#session.catch(() => {});
  }

  /** The client's id, when the job has begun. */
  async ready(): Promise<string> {
    return (await this.#session).id;
  }

  /** See `ClusterSession`. */
  async put(data: Uint8Array): Promise<Uint8Array> {
    return await (await this.#session).put(data);
  }

  /** See `ClusterSession`. */
  async get(id: Uint8Array): Promise<Uint8Array> {
    return moved(await (await this.#session).get(id));
  }

  /** See `ClusterSession`. */
  async schedule(verb: string, task: TaskContent): Promise<readonly Uint8Array[]> {
    return await (await this.#session).schedule(verb, task);
  }

  /** See `ClusterSession`. */
  async kill(id: Uint8Array, noRestart: boolean): Promise<void> {
    await (await this.#session).kill(id, noRestart);
  }

  /** See `ClusterSession`. */
  async cancel(id: Uint8Array, force: boolean, recursive: boolean): Promise<void> {
    await (await this.#session).cancel(id, force, recursive);
  }

  /** See `ClusterSession`. */
  async release(ids: Uint8Array[]): Promise<void> {
    (await this.#session).release(ids);
  }

  /** All names, with their namespaces. */
  async namedActors(): Promise<{ name: string; namespace: string }[]> {
    await this.#hosts.lines.endedAll();
    const found = await (await this.#session).namedActors(true);
    return found.filter((actor) => typeof actor !== "string");
  }

  /** See `Gateway`. */
  async findHost(name: string, namespace: string, asks: boolean): Promise<FoundHost | undefined> {
    await this.#hosts.lines.endedAll();
    return await this.#hosts.named(name, namespace, asks);
  }

  /** See `Gateway`. */
  async startHost(bridge: ThreadAddress, wish: PlacedWish): Promise<boolean> {
    return await this.#hosts.start(bridge, wish);
  }

  /** See `Gateway`. */
  async joinHost(bridge: ThreadAddress, actor: Uint8Array): Promise<boolean> {
    if (!this.#hosts.lines.has(bridge)) await this.#hosts.join(bridge, actor);
    return false;
  }

  /** See `Gateway`. */
  async sendToHost(bridge: number, bytes: Uint8Array, guests: readonly HostGuest[] = []): Promise<void> {
    await this.#hosts.lines.send(bridge, bytes, guests);
  }

  /** See `Gateway`. */
  async hostNews(bridge: number): Promise<HostNews> {
    const news = await this.#hosts.lines.news(bridge);
    return news.kind === "bytes" ? { ...news, bytes: moved(news.bytes) } : news;
  }

  /** See `Gateway`. */
  hostOver(bridge: number): void {
    this.#hosts.lines.over(bridge);
  }

  /** See `Gateway`. */
  async resources(): Promise<Record<string, number>> {
    return await (await this.#session).resources("total");
  }

  /** Ends the session. */
  async close(): Promise<void> {
    await this.#hosts.lines.close();
    let session: ClusterSession;
    try {
      session = await this.#session;
    } catch {
      return;
    }
    await session.close();
  }
}

async function begin(address: string, job: JobOptions): Promise<ClusterSession> {
  const session = await openSession(address);
  try {
    const { runtimeEnv = {} } = job;
    const sent = await withFoldersSent(runtimeEnv, session.store);
    await session.init({ ...job, runtimeEnv: sent });
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}

remote(ClusterGateway, { maxConcurrency: UNLIMITED, module: import.meta.url });

/**
 * The actor that is connected to the cluster. It has a thread of its own, so that a driver may block, or be busy, and none of its
 * sockets keeps the program alive. Values pass as pickles; it reads none.
 *
 * @module
 */

import { remote } from "../api/remote.ts";
import { transfer } from "../api/put.ts";
import type { JobOptions } from "../transport/ray/client.ts";
import type { ClusterSession } from "../transport/ray/cluster_session.ts";
import { openSession } from "../transport/ray/connect.ts";
import type { TaskContent } from "../transport/ray/messages.ts";
import { withFoldersSent } from "../transport/ray/program_package.ts";

/** Calls in progress: without limit, for a `get` lasts until the value is there. */
const UNLIMITED = 2 ** 32 - 1;
/** From so many bytes on, they are moved and not copied. */
const LARGE = 64 << 10;

/** Bytes, to be moved if they are many. What is moved MUST be nobody else's. @internal */
export function moved(bytes: Uint8Array): Uint8Array {
  if (bytes.length < LARGE || !(bytes.buffer instanceof ArrayBuffer)) return bytes;
  // A view of a part: the rest of the buffer may be another's.
  const own = bytes.length === bytes.buffer.byteLength ? bytes as Uint8Array<ArrayBuffer> : bytes.slice();
  return transfer(own, [own.buffer]);
}

/** A session on the cluster. @internal */
export class ClusterGateway {
  readonly #session: Promise<ClusterSession>;

  constructor(address: string, job: JobOptions) {
    this.#session = begin(address, job);
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
    const found = await (await this.#session).namedActors(true);
    return found.filter((actor) => typeof actor !== "string");
  }

  /** Ends the session. */
  async close(): Promise<void> {
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

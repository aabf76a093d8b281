/**
 * A driver's connection to an actor: bytes go in calls of its host's, and come as the results of others that wait there.
 *
 * @module
 */

import type { RayClient } from "./client.ts";
import type { ClusterConnection, ClusterEnd, ClusterEvents } from "./cluster_port.ts";
import type { ActorRef } from "./remote_refs.ts";

/** So many calls wait at the host for what it has to say: while one's answer travels, another takes what comes next. */
const PULLS = 2;
/** From this many bytes on a writer waits until the host has them, not only the server. */
const LARGE = 64 << 10;

/** Bytes that wait to be sent. */
interface Unsent {
  readonly bytes: Uint8Array;
  readonly done: () => void;
}

/** One connection. */
export class RayConnection implements ClusterConnection {
  readonly #client: Promise<RayClient>;
  readonly #events: ClusterEvents;
  readonly #name: string = crypto.randomUUID();
  #actor: { client: RayClient; ref: ActorRef } | undefined;
  #unsent: Unsent[] = [];
  #isFlushing = false;
  #sequence = 0;
  #turn = 0;
  #isClosed = false;
  /** What was said when the actor was to be ended before it was there. */
  #kill: boolean | undefined;

  /**
   * @param client The connection to the cluster.
   * @param events Told what happens.
   * @param find Finds or makes the actor, for a connection of that name.
   * @param how With `isThere`, the actor knows nothing of the connection yet.
   */
  constructor(
    client: Promise<RayClient>,
    events: ClusterEvents,
    find: (client: RayClient, name: string) => Promise<ActorRef>,
    how: { isThere?: boolean } = {},
  ) {
    this.#client = client;
    this.#events = events;
    this.#run(find, how.isThere === true).catch((error) => this.#end(endOf(error)));
  }

  async #run(find: (client: RayClient, name: string) => Promise<ActorRef>, isThere: boolean): Promise<void> {
    const client = await this.#client;
    const ref = await find(client, this.#name);
    if (this.#kill !== undefined) await client.kill(ref, this.#kill);
    if (this.#isClosed) return client.release(ref);
    this.#actor = { client, ref };
    const opened = this.#open(client, ref);
    if (isThere) await opened;
    else opened.catch((error) => this.#end(endOf(error)));
    this.#flush();
    await this.#pull(client, ref);
  }

  async #open(client: RayClient, actor: ActorRef): Promise<void> {
    const [ref] = await client.callMethod(actor, "manta_open", { args: [this.#name] });
    const description = await client.get(ref);
    if (!this.#isClosed) this.#events.opened(description as string);
  }

  async #pull(client: RayClient, actor: ActorRef): Promise<void> {
    const next = async (): Promise<unknown> => {
      const [ref] = await client.callMethod(actor, "manta_pull", { args: [this.#name, this.#turn++] });
      try {
        return await client.get(ref);
      } finally {
        client.release(ref);
      }
    };
    const pulls = Array.from({ length: PULLS }, next);
    while (!this.#isClosed) {
      const pull = pulls.shift()!;
      const given = await pull;
      if (typeof given === "string") return this.#end(JSON.parse(given) as ClusterEnd);
      pulls.push(next());
      // It is awaited in its turn; until then its failure is nobody's.
      pulls.at(-1)!.catch(() => {});
      const bytes = given as Uint8Array;
      if (bytes.length > 0 && !this.#isClosed) this.#events.received(bytes);
    }
  }

  /** {@inheritDoc ByteStream.write} */
  write(bytes: Uint8Array, done: () => void): void {
    if (this.#isClosed) return done();
    this.#unsent.push({ bytes, done });
    if (this.#isFlushing || this.#actor === undefined) return;
    // What is written in one turn travels together.
    this.#isFlushing = true;
    queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    this.#isFlushing = false;
    const unsent = this.#unsent;
    if (unsent.length === 0 || this.#actor === undefined) return;
    this.#unsent = [];
    const { client, ref } = this.#actor;
    const data = joined(unsent);
    const done = (): void => {
      for (const { done } of unsent) done();
    };
    this.#send(client, ref, data).then(done, done);
  }

  async #send(client: RayClient, actor: ActorRef, data: Uint8Array): Promise<void> {
    const [ref] = await client.callMethod(actor, "manta_push", {
      args: [this.#name, this.#sequence++, data],
    });
    if (data.length >= LARGE) await client.get(ref);
    client.release(ref);
  }

  #end(end: ClusterEnd): void {
    if (this.#isClosed) return;
    this.#leave();
    this.#events.closed(end);
  }

  #leave(): void {
    this.#isClosed = true;
    for (const { done } of this.#unsent.splice(0)) done();
  }

  /** {@inheritDoc ClusterConnection.kill} */
  kill(noRestart: boolean): void {
    if (this.#actor === undefined) this.#kill = noRestart;
    else this.#actor.client.kill(this.#actor.ref, noRestart).catch(() => {});
  }

  /** {@inheritDoc ClusterConnection.close} */
  close(): void {
    if (this.#isClosed) return;
    this.#leave();
    const { client, ref } = this.#actor ?? {};
    client?.callMethod(ref!, "manta_leave", { args: [this.#name] }).catch(() => {});
  }
}

function joined(parts: readonly Unsent[]): Uint8Array {
  if (parts.length === 1) return parts[0].bytes;
  const all = new Uint8Array(parts.reduce((sum, { bytes }) => sum + bytes.length, 0));
  let at = 0;
  for (const { bytes } of parts) {
    all.set(bytes, at);
    at += bytes.length;
  }
  return all;
}

/** Why a connection has ended, by what Ray said. */
function endOf(error: unknown): ClusterEnd {
  const { name, message } = error as Error;
  const said = `${name}: ${message}`;
  const kind = /ActorUnavailable/.test(said)
    ? "unavailable"
    : /ActorDied|RayActorError/.test(said)
    ? "died"
    : /already (?:exists|taken)|is already/.test(said)
    ? "taken"
    : /Failed to look up actor/.test(said)
    ? "missing"
    : "failed";
  return { kind, text: message };
}

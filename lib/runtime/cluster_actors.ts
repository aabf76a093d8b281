/**
 * Actors on a cluster, as the thread sees it that makes them: it asks the gateway of its process.
 *
 * @module
 */

import type { ActorId } from "../base/ids.ts";
import type { ClassDefinition } from "../define/class_definition.ts";
import type { ActorOptions } from "../define/options.ts";
import { READY, Ref } from "../objects/ref.ts";
import type { PeerLink } from "../transport/peer.ts";
import type { ThreadAddress } from "../transport/thread_address.ts";
import { Frame } from "../wire/frames.ts";
import { type ActorSettings, handleOfNew } from "./actor_settings.ts";
import { sendCreateBeyond } from "./beyond.ts";
import { rayOptions } from "./cluster_options.ts";
import type { Thread } from "./thread.ts";
import { whenReady } from "./when_ready.ts";

/** The numbers of actors that other threads ask the gateway for begin here: they draw them themselves. */
export const FIRST_ASKED = 2 ** 31;

/** Makes an actor on the cluster; returns its handle at once. */
export function createOnCluster(
  thread: Thread,
  gateway: ThreadAddress,
  definition: ClassDefinition,
  settings: ActorSettings,
  options: ActorOptions,
  args: unknown[],
): object {
  const { board, cells, names, peers, values } = thread;
  const named = options.name === undefined ? undefined : names.key(options.name, options.namespace);
  const local = FIRST_ASKED + board.nextLink() % FIRST_ASKED;
  // Whoever finds it by its name knows it by the same id.
  const id: ActorId = `actor-${
    named === undefined ? crypto.randomUUID() : `${named.namespace}/${named.name}`
  }`;
  const link = peers.connect(gateway);
  const { isSerial, maxPendingCalls, isDetached } = settings;
  const asked = { local, options: JSON.stringify(rayOptions(options, id, named)) };
  const fail = (error: unknown): void => sendFailed(thread, link, local, error);
  const send = (values: readonly unknown[]): void => {
    if (link !== undefined) sendCreateBeyond(thread, link, { id, ...definition, settings }, values, asked);
  };
  if (args.every((arg) => !(arg instanceof Ref) || arg.status === READY)) {
    send(args.map((arg) => arg instanceof Ref ? arg.value : arg));
  } else {
    whenReady(values.copyArgs(args), {
      ready: (values) => {
        try {
          send(values);
        } catch (error) {
          fail(error);
        }
      },
      failed: fail,
    });
  }
  // That it starts again is the gateway's affair, that calls are made again this thread's.
  const told = settings.fault(gateway.id);
  const fault = told && { ...told, maxRestarts: 0 };
  const address = { thread: gateway, local, ownsThread: false, isSerial, maxPendingCalls, id, fault };
  const cell = cells.of(address, definition.shape);
  cells.count(cell);
  return handleOfNew(thread, cell, isDetached);
}

function sendFailed(thread: Thread, link: PeerLink | undefined, local: number, cause: unknown): void {
  if (link === undefined || link.isClosed) return;
  link.open(Frame.createFailed).u32(local);
  thread.values.finishThrown(link, cause);
}

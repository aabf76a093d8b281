/**
 * Frames for the gateway of a cluster.
 *
 * @module
 */

import type { PeerLink } from "../transport/peer.ts";
import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";
import { FailureKind } from "../wire/frames.ts";
import type { Reader } from "../wire/reader.ts";
import { sendFailure, sendResult } from "./replies.ts";
import type { Thread } from "./thread.ts";

/** An actor is wanted there. */
export function createOnCluster(
  { borders }: Thread,
  link: PeerLink,
  reader: Reader,
  items: readonly unknown[],
): void {
  if (borders?.createOnCluster === undefined) throw notTheGateway();
  borders.createOnCluster(link, reader, items);
}

/** An actor is looked for there. */
export function findOnCluster(thread: Thread, link: PeerLink, reader: Reader): void {
  const { borders } = thread;
  const slot = reader.u32();
  const [namespace, name] = [reader.string(), reader.string()];
  if (borders?.find === undefined) throw notTheGateway();
  answer(thread, link, slot, borders.find({ name, namespace }), "getActor");
}

/** The names there are wanted. */
export function namesOnCluster(thread: Thread, link: PeerLink, reader: Reader): void {
  const { borders } = thread;
  const slot = reader.u32();
  if (borders?.names === undefined) throw notTheGateway();
  answer(thread, link, slot, borders.names(), "listNamedActors");
}

function answer(
  thread: Thread,
  link: PeerLink,
  slot: number,
  promise: Promise<unknown>,
  taskName: string,
): void {
  promise.then(
    (value) => sendResult(link, slot, value, thread.values),
    (error) => {
      const who = { taskName, actorId: "" };
      sendFailure(link, slot, FailureKind.system, who, error, thread.values);
    },
  );
}

function notTheGateway(): CorruptFrameError {
  return new CorruptFrameError("there is no cluster beyond this thread");
}

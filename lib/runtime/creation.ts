/**
 * The frames that make actors in other threads.
 *
 * @module
 */

import { describeThrown } from "../base/task_error.ts";
import { idAt } from "../supervise/actor_address.ts";
import type { ActorAddress } from "../supervise/actor_address.ts";
import type { ClassDefinition } from "../define/class_definition.ts";
import type { PeerLink } from "../transport/peer.ts";
import { writeFaultSettings } from "../wire/fault_settings.ts";
import { Frame } from "../wire/frames.ts";
import type { ActorSettings } from "./actor_settings.ts";
import { sendCreateBeyond } from "./beyond.ts";
import type { NewWorker } from "./children.ts";
import type { Thread } from "./thread.ts";
import type { KeptArguments } from "./when_ready.ts";

/** The number that an actor has in a thread made for it. */
export const PRIMARY = 1;

/** The aux of a frame that makes a detached actor. */
export const DETACHED = 1;

/** The aux of a frame that makes an actor anew, in place of one of the same number. */
export const RENEWED = 2;

/** What a new actor is made from, besides its arguments. */
export interface Creation {
  /** Where its class is declared, and what it looks like. */
  readonly definition: Pick<ClassDefinition, "module" | "shape">;
  /** How it runs. */
  readonly settings: ActorSettings;
  /** True if it is made beyond a bridge. */
  readonly isBridged: boolean;
}

/** Has another thread make an actor. Throws, and has written nothing, if an argument cannot cross. */
export function sendCreate(
  thread: Thread,
  link: PeerLink,
  { definition, settings, isBridged }: Creation,
  address: ActorAddress,
  args: readonly unknown[],
  aux: number = settings.isDetached ? DETACHED : 0,
): void {
  if (link.isClosed) return;
  const { local, fault } = address;
  if (isBridged) {
    const beyond = { id: idAt(address), ...definition, settings, restarts: fault?.restarts ?? 0, fault };
    return sendCreateBeyond(thread, link, beyond, args);
  }
  const out = link.open(Frame.create, aux);
  out.u32(local);
  out.string(definition.module);
  out.string(definition.shape.name);
  out.u32(settings.maxConcurrency);
  out.f64(settings.maxPendingCalls);
  out.u8(fault === undefined ? 0 : 1);
  if (fault !== undefined) writeFaultSettings(out, fault);
  out.varint(args.length);
  thread.values.finish(link, "args", args);
}

/** Tells the thread of an actor to come that it will never be. */
export function sendCreateFailed(thread: Thread, link: PeerLink, local: number, cause: unknown): void {
  if (link.isClosed) return;
  link.open(Frame.createFailed).u32(local);
  thread.values.finishThrown(link, cause);
}

/** Has other threads make an actor, from arguments that are kept for its next start. */
export function sendKept(
  thread: Thread,
  links: readonly PeerLink[],
  creation: Creation,
  address: ActorAddress,
  kept: KeptArguments,
  aux?: number,
): void {
  const failed = (link: PeerLink, error: unknown): void =>
    sendCreateFailed(thread, link, address.local, error);
  kept.giveTo({
    ready: (values) => {
      for (const link of links) {
        try {
          sendCreate(thread, link, creation, address, values, aux);
        } catch (error) {
          failed(link, error);
        }
      }
    },
    failed: (error) => {
      for (const link of links) failed(link, error);
    },
  });
}

/** Starts threads when nobody is there any more who could be told that it failed. */
export function startLate(thread: Thread, workers: readonly NewWorker[], start: () => void): void {
  try {
    start();
  } catch (cause) {
    for (const { address } of workers) {
      thread.board.markDead(address, {
        ending: "not made",
        text: `it could not be started: ${describeThrown(cause)}`,
      });
      thread.board.markGone(address);
    }
  }
}

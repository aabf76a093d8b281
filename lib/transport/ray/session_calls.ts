/**
 * Python actors, as the gateway's own parts make and call them over a session.
 *
 * @module
 */

import type { ClusterSession } from "./cluster_session.ts";
import { type TaskContent, TaskKind } from "./messages.ts";
import { writePickle } from "./pickle_writer.ts";
import { PythonTuple } from "./python_values.ts";
import { stubOf } from "./stubs.ts";

/** What a Python actor is made of. */
export interface NewActor {
  /** Its class on the server. */
  readonly cls: Uint8Array;
  /** The constructor's arguments. */
  readonly args: readonly unknown[];
  /** Options in Ray's own words. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Makes an actor; its id. `verb` is what for, in errors. */
export async function makeActor(
  session: ClusterSession,
  verb: string,
  { cls, args, options }: NewActor,
): Promise<Uint8Array> {
  const task = { kind: TaskKind.actor, target: cls };
  return (await session.schedule(verb, { ...task, ...written(session, args, options) }))[0];
}

/** The id of the actor that has a name; `undefined` if none has. */
export async function findActor(
  session: ClusterSession,
  name: string,
  namespace: string,
): Promise<Uint8Array | undefined> {
  const task = { kind: TaskKind.namedActor, name, namespace };
  try {
    return (await session.schedule("get an actor", { ...task, ...written(session, [], {}) }))[0];
  } catch (error) {
    if (/ValueError: Failed to look up actor/.test((error as Error).message)) return undefined;
    throw error;
  }
}

/** Calls an actor; the id of what it gives. */
export async function askActor(
  session: ClusterSession,
  actor: Uint8Array,
  name: string,
  args: readonly unknown[],
): Promise<Uint8Array> {
  const task = { kind: TaskKind.method, name, target: actor };
  return (await session.schedule(`call "${name}"`, { ...task, ...written(session, args, {}) }))[0];
}

/** Calls an actor, whose answer nobody wants. */
export async function tellActor(
  session: ClusterSession,
  actor: Uint8Array,
  name: string,
  args: readonly unknown[],
): Promise<void> {
  const task = { kind: TaskKind.method, name, target: actor };
  await session.schedule(`call "${name}"`, { ...task, ...written(session, args, { num_returns: 0 }) });
}

function written(
  session: ClusterSession,
  args: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
): Pick<TaskContent, "data" | "options"> {
  return {
    data: writePickle(new PythonTuple([args, new Map()]), (item) => stubOf(item, session.id), "args"),
    // With any, even none, the server makes the method anew for the call.
    ...(Object.keys(options).length > 0 &&
      { options: { pickled: writePickle(options, undefined, "options") } }),
  };
}

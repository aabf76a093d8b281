/**
 * What the actors that a thread knows need of it.
 *
 * @module
 */

import type { ActorActivity } from "../base/errors.ts";
import type { CallSites } from "../call/call_site.ts";
import type { ClassShape } from "../define/class_definition.ts";
import type { RefHome } from "../objects/ref.ts";
import type { EventSink } from "../observe/event_sink.ts";
import type { ActorCell } from "./actor_cell.ts";
import type { CallWatch } from "./call_watch.ts";
import type { RetryEnvironment } from "./retries.ts";

/** What a cell needs of its thread. */
export interface CellEnvironment extends RetryEnvironment {
  /** The thread. */
  readonly home: RefHome;
  /** The names of a class's tasks, one array a class. */
  taskNames(shape: ClassShape): readonly string[];
  /** Records where calls are made. */
  readonly callSites: CallSites;
  /** Says whether somebody looks at calls. */
  readonly events: EventSink;
  /** Follows those that somebody looks at. */
  readonly watch: CallWatch;
  /** Copies of arguments, made now; refs at the top level stay as they are. Throws `SerializationError`. */
  copyArgs(args: readonly unknown[]): unknown[];
  /** What the actor is doing, without the count of unanswered calls. */
  activity(cell: ActorCell): Omit<ActorActivity, "pending"> | undefined;
  /** Ends the actor gracefully. */
  dispose(cell: ActorCell): Promise<void>;
}

/**
 * A ref that came from another process, where its id was given out.
 *
 * @module
 */

import type { ObjectId } from "../base/ids.ts";
import { Ref, type RefHome, type RefSource } from "./ref.ts";

/** A ref with an id that does not follow from its number. */
export class NamedRef<T = unknown> extends Ref<T> {
  readonly #id: ObjectId;

  /**
   * @param home The thread.
   * @param taskName The task's name.
   * @param source Where the value comes from.
   * @param id The ref's id.
   */
  constructor(home: RefHome, taskName: string, source: RefSource, id: ObjectId) {
    super(home, taskName, source);
    this.#id = id;
  }

  override get id(): ObjectId {
    return this.#id;
  }
}

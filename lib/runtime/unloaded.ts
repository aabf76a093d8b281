/**
 * Instances that a thread only passes on.
 *
 * @module
 */

import type { SerializableDefinition } from "../define/definitions.ts";

/** How an instance is written. */
export type InstanceWriter = Pick<SerializableDefinition, "key" | "options">;

/**
 * An instance of a class that this thread has not loaded, kept as it came, for a thread that has. Its fields are this object's;
 * if it crossed by a hook, what that gave is `data`.
 */
export class Unloaded {
  readonly #writer: InstanceWriter;

  /**
   * @param key The identity of its class.
   * @param data What the hook gave, if there was one.
   */
  constructor(key: string, data?: { readonly value: unknown }) {
    this.#writer = { key, options: data === undefined ? {} : { encode: () => data.value } };
  }

  /** How to write such an instance; `undefined` for any other object. */
  static writerOf(value: object): InstanceWriter | undefined {
    return #writer in value ? value.#writer : undefined;
  }
}

/**
 * The seams of the codec: what the runtime adds to it, and what its own rules see of the encoder and the decoder.
 *
 * @module
 */

import type { Movable } from "../base/movable.ts";
import type { Reader } from "./reader.ts";
import type { Writer } from "./writer.ts";

/** What bytes cannot carry: travels beside the frame, by position. */
export interface Sidecar {
  /** What the frame refers to by number. */
  readonly items: unknown[];
  /** Those of them, or the owners of their bytes, that are moved. */
  readonly transfer: Movable[];
}

/**
 * How far a message goes: to a thread; to a thread that passes it on to another process, so that shared memory and ports must stay
 * out of it; or to that process, where only bytes arrive.
 */
export type Reach = "thread" | "bridge" | "process";

/** The encoder, as the rules and the runtime's hooks see it. */
export interface Encoding extends Sidecar {
  /** Where the bytes go. */
  readonly writer: Writer;
  /** What the caller wants moved in place of copied. */
  readonly marked: ReadonlySet<object> | undefined;
  /** Buffers of this size and more, in bytes, become shared memory. */
  readonly sharesFrom: number;
  /** How far the message goes. */
  readonly reach: Reach;
  /** Writes a value, for hooks: inside another value, or as the next one of the message. */
  value(value: unknown): void;
  /** Writes the tag of a hook's value; its payload follows. The object has its number already. */
  custom(kind: number): void;
  /** Puts something beside the bytes; returns its position, for the payload. */
  aside(item: unknown): number;
  /** Writes a value inside another one: `value()` for the rules. */
  write(value: unknown): void;
  /** Writes an object as a plain one. */
  plain(value: object): void;
  /** Runs `write`; on any failure nothing of what it wrote is left, and the result is false. */
  attempt(write: () => void): boolean;
  /** Gives an object the next number without writing it, unless it has one; true if it had. */
  known(value: object): boolean;
}

/** What the runtime adds to the codec: handles, refs, instances of serializable classes. */
export interface EncodeHooks {
  /**
   * Offered every object (and function) that no rule for exactly its prototype covers. MUST return false without having
   * written anything, or call `encoder.custom(kind)` and then write the payload: with `encoder.writer` or
   * `encoder.value()`. MUST NOT keep `encoder`.
   */
  encode(value: object, encoder: Encoding): boolean;
}

/** The decoder, as the rules and the runtime's hooks see it. */
export interface Decoding {
  /** Where the bytes come from. */
  readonly reader: Reader;
  /** Reads the next value. */
  value(): unknown;
  /** Reads the name of a field, written by `Writer.string()`. */
  key(): string;
  /** What travelled beside the bytes, by its position. */
  aside(index: number): unknown;
  /** Takes the next number for an object that is not made yet. */
  reserve(): number;
  /** Says which object has a number taken before. */
  register(slot: number, value: unknown): void;
  /** Reads elements into an array. */
  elements(array: unknown[], length: number): void;
}

/** What the runtime adds to the codec, on the reading side. */
export interface DecodeHooks {
  /**
   * Reads the payload that `EncodeHooks.encode` wrote after `custom(kind)`. An object that may contain itself MUST be
   * given to `decoder.register(slot, object)` before its fields are read. MUST throw `CorruptFrameError` at a payload that
   * it cannot have written, and MUST NOT keep `decoder`.
   */
  decode(kind: number, decoder: Decoding, slot: number): unknown;
}

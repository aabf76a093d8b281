/**
 * Instances of declared classes in a thread that only passes them on, and has not loaded their modules.
 *
 * @module
 */

import type { Decoding, Encoding } from "../wire/coding.ts";

/** An instance as it came. */
export class Opaque {
  /** How it crosses. */
  readonly kind: number;
  /** The identity of its class. */
  readonly key: string;
  /** What it is made of: names and values by turns, or what its hook made of it. */
  readonly parts: unknown[] = [];

  /**
   * @param kind How it crosses.
   * @param key The identity of its class.
   */
  constructor(kind: number, key: string) {
    this.kind = kind;
    this.key = key;
  }
}

/** Reads an instance, behind its class; with `hasFields`, one that crosses field by field. */
export function decodeOpaque(
  decoder: Decoding,
  slot: number,
  kind: number,
  key: string,
  hasFields: boolean,
): Opaque {
  const opaque = new Opaque(kind, key);
  if (!hasFields) {
    opaque.parts.push(decoder.value());
    return opaque;
  }
  decoder.register(slot, opaque);
  const count = decoder.reader.varint();
  for (let i = 0; i < count; i++) opaque.parts.push(decoder.reader.string(), decoder.value());
  return opaque;
}

/** Writes an instance as it came, with the identity that its class has where it goes. */
export function encodeOpaque(
  encoder: Encoding,
  { kind, parts }: Opaque,
  key: string,
  hasFields: boolean,
): void {
  encoder.custom(kind);
  encoder.writer.string(key);
  if (!hasFields) return encoder.value(parts[0]);
  encoder.writer.varint(parts.length / 2);
  for (let i = 0; i < parts.length; i += 2) {
    encoder.writer.string(parts[i] as string);
    encoder.value(parts[i + 1]);
  }
}

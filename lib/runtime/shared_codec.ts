/**
 * The values of shared accessors as bytes. Nothing goes beside them: each thread reads them when it likes, and nobody knows how
 * often.
 *
 * @module
 */

import { SerializationError } from "../base/errors.ts";
import { ownerOf } from "../call/handle.ts";
import { Ref } from "../objects/ref.ts";
import type { DecodeHooks, EncodeHooks, Encoding } from "../wire/coding.ts";
import { Decoder } from "../wire/decoder.ts";
import { Encoder } from "../wire/encoder.ts";
import { Reader } from "../wire/reader.ts";
import { Refusal, serializationError } from "../wire/refusal.ts";
import { Writer } from "../wire/writer.ts";
import { SpecialValues } from "./special_values.ts";
import type { Thread } from "./thread.ts";

/** A buffer that grew beyond this, in bytes, is given back. */
const KEEP = 1 << 20;

const ADVICE = "cannot be in a shared accessor; pass it to the constructor, or keep it in a field of its own";

/** Encodes and decodes the values of shared accessors. */
export class SharedCodec {
  readonly #special: SpecialValues;
  readonly #encoder: Encoder;
  readonly #decoder: Decoder;
  readonly #reader = new Reader();
  #writer = new Writer();
  #isBusy = false;

  /** @param thread The thread. */
  constructor(thread: Thread) {
    this.#special = new SpecialValues(thread);
    this.#encoder = new Encoder(new Hooks(this.#special));
    this.#decoder = new Decoder(this.#special as DecodeHooks);
  }

  /** The bytes of a value, good until the next one is encoded. Throws `SerializationError`, naming it `name`. */
  encode(name: string, value: unknown): Uint8Array {
    this.#enter(name);
    if (this.#writer.bytes.length > KEEP) this.#writer = new Writer();
    const writer = this.#writer;
    writer.truncate(0);
    writer.u32(0);
    this.#encoder.begin(writer, name);
    try {
      this.#encoder.value(value);
      writer.patchU32(0, writer.pos);
      this.#writeBuffers(name, value);
    } finally {
      this.#encoder.end();
      this.#isBusy = false;
    }
    return writer.bytes.subarray(0, writer.pos);
  }

  /** Large buffers, which a frame would have beside it. */
  #writeBuffers(name: string, value: unknown): void {
    const { items, writer } = this.#encoder;
    writer.varint(items.length);
    for (const item of items) {
      if (!(item instanceof ArrayBuffer)) {
        const kind = item instanceof SharedArrayBuffer ? "a SharedArrayBuffer" : "what is never copied";
        throw serializationError(new Refusal(item, `${kind} ${ADVICE}`), value, name);
      }
      writer.varint(item.byteLength);
      writer.varint(item.resizable ? item.maxByteLength + 1 : 0);
      writer.raw(new Uint8Array(item));
    }
  }

  /** The value of such bytes. */
  decode(name: string, bytes: Uint8Array): unknown {
    this.#enter(name);
    const reader = this.#reader;
    this.#special.failure = undefined;
    try {
      reader.reset(bytes);
      const end = reader.u32();
      reader.pos = end;
      const items = Array.from({ length: reader.varint() }, () => {
        const length = reader.varint();
        const limit = reader.varint();
        const data = reader.raw(length);
        const buffer = limit === 0
          ? new ArrayBuffer(length)
          : new ArrayBuffer(length, { maxByteLength: limit - 1 });
        new Uint8Array(buffer).set(data);
        return buffer;
      });
      reader.reset(bytes, 4, end);
      this.#decoder.begin(reader, items);
      const value = this.#decoder.value();
      if (this.#special.failure !== undefined) throw this.#special.failure;
      return value;
    } finally {
      this.#decoder.end();
      this.#isBusy = false;
    }
  }

  #enter(name: string): void {
    if (this.#isBusy) {
      throw new SerializationError(
        `Cannot use shared accessor "${name}": another one is being serialized, and a getter or hook of its value came here`,
      );
    }
    this.#isBusy = true;
  }
}

/** Instances of declared classes cross; what belongs to a thread does not. */
class Hooks implements EncodeHooks {
  readonly #special: SpecialValues;

  constructor(special: SpecialValues) {
    this.#special = special;
  }

  /** {@inheritDoc EncodeHooks.encode} */
  encode(value: object, encoder: Encoding): boolean {
    if (ownerOf(value) !== undefined) throw new Refusal(value, `an ActorHandle ${ADVICE}`);
    if (value instanceof Ref) throw new Refusal(value, `an ObjectRef ${ADVICE}`);
    return this.#special.encode(value, encoder);
  }
}

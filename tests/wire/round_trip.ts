// One encoder and one decoder, as a thread has them, for the tests of the codec.
import type { DecodeHooks, EncodeHooks } from "../../lib/wire/coding.ts";
import { Decoder } from "../../lib/wire/decoder.ts";
import { Encoder } from "../../lib/wire/encoder.ts";
import { Reader } from "../../lib/wire/reader.ts";
import { Writer } from "../../lib/wire/writer.ts";

const noEncode: EncodeHooks = { encode: () => false };
const noDecode: DecodeHooks = {
  decode(kind) {
    throw new Error(`no kind ${kind}`);
  },
};

export class Codec {
  readonly writer = new Writer(64);
  readonly reader = new Reader();
  readonly encoder: Encoder;
  readonly decoder: Decoder;

  constructor(encode: EncodeHooks = noEncode, decode: DecodeHooks = noDecode) {
    this.encoder = new Encoder(encode);
    this.decoder = new Decoder(decode);
  }

  /** Encodes; after a failure everything is as before. */
  encode(values: readonly unknown[], root = "args", marked?: ReadonlySet<object>): Uint8Array {
    const { encoder, writer } = this;
    writer.pos = 0;
    encoder.begin(writer, root);
    encoder.marked = marked;
    try {
      for (const value of values) encoder.value(value);
    } catch (error) {
      writer.truncate(0);
      throw error;
    } finally {
      encoder.end();
    }
    return writer.bytes.slice(0, writer.pos);
  }

  decode(bytes: Uint8Array, count: number, items: readonly unknown[] = this.encoder.items): unknown[] {
    const { decoder, reader } = this;
    reader.reset(bytes, 0, bytes.length);
    decoder.begin(reader, items);
    try {
      return Array.from({ length: count }, () => decoder.value());
    } finally {
      decoder.end();
    }
  }

  args<T extends unknown[]>(...values: T): T {
    return this.decode(this.encode(values), values.length) as T;
  }

  /** There and back, and nothing is left over. */
  trip<T>(value: T): T {
    const [result] = this.args(value);
    if (this.reader.remaining !== 0) throw new Error(`${this.reader.remaining} bytes left over`);
    return result;
  }
}

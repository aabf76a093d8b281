/**
 * Protocol Buffers' wire format, for messages that are described by a table of their fields. Bytes that are read are views into
 * the message; bytes that are written are copied once.
 *
 * @module
 */

import { RayError } from "../../base/errors.ts";

/** What a field holds. */
type Kind = "bytes" | "string" | "int" | "bool" | "double" | "float" | Message<Fields>;
/** A field: its number and what it holds; `"repeated"` for any number of that. */
type Field = readonly [number: number, kind: Kind] | readonly [number: number, kind: Kind, many: "repeated"];
/** The fields of a message, by name. */
type Fields = { readonly [name: string]: Field };

type ValueOf<K> = K extends "bytes" ? Uint8Array
  : K extends "string" ? string
  : K extends "bool" ? boolean
  : K extends "int" | "double" | "float" ? number
  : K extends Message<infer F> ? Values<F>
  : never;

/** A message's content: the fields that it has. */
export type Values<F> = {
  [N in keyof F]?: F[N] extends readonly [number, infer K, "repeated"] ? readonly ValueOf<K>[]
    : F[N] extends readonly [number, infer K] ? ValueOf<K>
    : never;
};

/** The content of messages of a kind. */
export type ContentOf<M> = M extends Message<infer F> ? Values<F> : never;

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder();

/** A kind of message. */
export class Message<F extends Fields> {
  readonly #fields: F;
  readonly #byNumber = new Map<number, [name: string, field: Field]>();

  /** @param fields Its fields. */
  constructor(fields: F) {
    this.#fields = fields;
    for (const [name, field] of Object.entries(fields)) this.#byNumber.set(field[0], [name, field]);
  }

  /** The bytes of a message. */
  encode(values: Values<F>): Uint8Array<ArrayBuffer> {
    const parts: Uint8Array[] = [];
    const bytes = new Uint8Array(this.#write(values, parts));
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  #write(values: Values<F>, parts: Uint8Array[]): number {
    let size = 0;
    for (const name in this.#fields) {
      const value = values[name] as unknown;
      if (value === undefined) continue;
      const [number, kind, many] = this.#fields[name];
      for (const item of many === undefined ? [value] : value as unknown[]) {
        size += writeField(number, kind, item, parts);
      }
    }
    return size;
  }

  /** Reads a message; what it does not know is passed over. */
  decode(bytes: Uint8Array): Values<F> {
    const values: Record<string, unknown> = {};
    const input = new Input(bytes);
    while (!input.isAtEnd) {
      const tag = input.varint();
      const known = this.#byNumber.get(Math.floor(tag / 8));
      const raw = input.field(tag % 8);
      if (known === undefined) continue;
      const [name, [, kind, many]] = known;
      const value = readValue(kind, raw);
      if (many === undefined) values[name] = value;
      else (values[name] as unknown[] | undefined ?? (values[name] = [])).push(value);
    }
    return values as Values<F>;
  }

  /** Writes a message inside of another one; its size. @internal */
  static write(kind: Message<Fields>, values: Values<Fields>, parts: Uint8Array[]): number {
    return kind.#write(values, parts);
  }
}

function writeField(number: number, kind: Kind, value: unknown, parts: Uint8Array[]): number {
  const put = (wire: number, ...rest: Uint8Array[]): number => {
    const all = [varint(number * 8 + wire), ...rest];
    parts.push(...all);
    return all.reduce((size, part) => size + part.length, 0);
  };
  if (kind instanceof Message) {
    const inner: Uint8Array[] = [];
    const size = Message.write(kind, value as Values<Fields>, inner);
    return put(LENGTH, varint(size), ...inner);
  }
  switch (kind) {
    case "bytes":
      return put(LENGTH, varint((value as Uint8Array).length), value as Uint8Array);
    case "string": {
      const text = utf8.encode(value as string);
      return put(LENGTH, varint(text.length), text);
    }
    case "int":
      return put(VARINT, varint(value as number));
    case "bool":
      return put(VARINT, varint(value === true ? 1 : 0));
    case "double":
      return put(FIXED64, new Uint8Array(new Float64Array([value as number]).buffer));
    case "float":
      return put(FIXED32, new Uint8Array(new Float32Array([value as number]).buffer));
  }
}

/** A varint; negative ones take ten bytes, as 64-bit two's complement. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  if (value < 0) {
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    bytes.push(Number(rest));
  } else {
    for (; value > 127; value = Math.floor(value / 128)) bytes.push(value % 128 | 128);
    bytes.push(value);
  }
  return Uint8Array.from(bytes);
}

function readValue(kind: Kind, raw: number | Uint8Array): unknown {
  if (typeof raw === "number") {
    if (kind === "int") return raw;
    if (kind === "bool") return raw !== 0;
  } else if (kind instanceof Message) return kind.decode(raw);
  else if (kind === "bytes") return raw;
  else if (kind === "string") return fromUtf8.decode(raw);
  else if (kind === "double" && raw.length === 8) return view(raw).getFloat64(0, true);
  else if (kind === "float" && raw.length === 4) return view(raw).getFloat32(0, true);
  throw malformed("a field is of another type than it should be");
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Why a message cannot be read. */
export function malformed(what: string): RayError {
  return new RayError(`Cannot read a message of the Ray server: ${what}`);
}

/** A message's bytes while they are read. */
class Input {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** A number; exact below 2^53, negative ones included. */
  varint(): number {
    let [low, high] = [0, 0];
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.isAtEnd) throw malformed("it ends too early");
      const byte = this.#bytes[this.#at++];
      if (shift < 28) low += (byte & 127) * 2 ** shift;
      else high += (byte & 127) * 2 ** (shift - 28);
      if (byte < 128) {
        const isNegative = high >= 2 ** 35;
        return isNegative
          ? Number(BigInt.asIntN(64, BigInt(high) * 2n ** 28n + BigInt(low)))
          : high * 2 ** 28 + low;
      }
    }
    throw malformed("a number has more than ten bytes");
  }

  /** The content of a field: a number, or its bytes. */
  field(wire: number): number | Uint8Array {
    if (wire === VARINT) return this.varint();
    const length = wire === LENGTH ? this.varint() : wire === FIXED64 ? 8 : wire === FIXED32 ? 4 : -1;
    if (length < 0 || this.#at + length > this.#bytes.length) throw malformed("a field goes beyond its end");
    return this.#bytes.subarray(this.#at, this.#at += length);
  }
}

/**
 * Buffers and the views onto them. A view is written as its place in a buffer, so that views of one buffer share it after the
 * crossing as well.
 *
 * @module
 */

import { CorruptFrameError } from "./corrupt_frame_error.ts";
import type { Decoding, Encoding } from "./coding.ts";
import { ASIDE_FROM } from "./limits.ts";
import { Refusal } from "./refusal.ts";
import { ASIDE, BUFFER, BYTES, RESIZABLE_BUFFER, VIEW } from "./tags.ts";

/** The class of a view. */
interface ViewKind {
  readonly prototype: object;
  /** Bytes an element; 1 for `DataView`. */
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length?: number): ArrayBufferView;
}

const names = [
  "Uint8Array",
  "Int8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
  "Float16Array",
  "DataView",
];

/** By the number that stands for each in the bytes; one that this runtime lacks is a hole. */
const kinds: readonly (ViewKind | undefined)[] = names.map((name) =>
  (globalThis as unknown as Record<string, ViewKind | undefined>)[name]
);

/** The classes of views that this runtime has. */
export const viewKinds: readonly ViewKind[] = kinds.filter((kind) => kind !== undefined);

// Says `undefined` of a DataView, and reads the inner part of an array, whatever its prototype.
const nameOf = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
)!.get as (this: ArrayBufferView) => string | undefined;

/** The view reaches to the end of a buffer that can grow, and grows with it. */
const TRACKING = 0x80;

/** Writes a view. */
export function encodeView(encoder: Encoding, view: ArrayBufferView): void {
  const { buffer, byteLength } = view;
  const { writer } = encoder;
  const name = nameOf.call(view);
  const growable = isGrowable(buffer);
  if (
    name === "Uint8Array" && byteLength === buffer.byteLength && byteLength > 0 && byteLength < ASIDE_FROM &&
    !growable &&
    buffer instanceof ArrayBuffer && !encoder.marked?.has(buffer) && !encoder.known(buffer)
  ) {
    writer.u8(BYTES);
    writer.varint(byteLength);
    return writer.raw(view as Uint8Array);
  }
  const kind = name === undefined ? names.length - 1 : names.indexOf(name);
  const size = kinds[kind]?.BYTES_PER_ELEMENT ?? 1;
  const reach = view.byteOffset + byteLength + size;
  // No method tells whether a view grows with its buffer. One that ends where the buffer does is taken for it.
  const tracking = growable && reach > buffer.byteLength;
  writer.u8(VIEW);
  writer.u8(kind | (tracking ? TRACKING : 0));
  writer.varint(view.byteOffset);
  writer.varint(byteLength / size);
  encoder.write(buffer);
}

function isGrowable(buffer: ArrayBufferLike): boolean {
  return buffer instanceof ArrayBuffer ? buffer.resizable : buffer.growable;
}

/** Writes a buffer, or puts it aside. */
export function encodeBuffer(encoder: Encoding, buffer: ArrayBuffer): void {
  const { writer } = encoder;
  if (buffer.detached) {
    throw new Refusal(buffer, "an ArrayBuffer that was transferred away has no bytes to send");
  }
  const { byteLength, resizable } = buffer;
  if (encoder.marked?.has(buffer)) putAside(encoder, buffer);
  else if (byteLength >= encoder.sharesFrom) {
    const shared = new SharedArrayBuffer(byteLength);
    new Uint8Array(shared).set(new Uint8Array(buffer));
    put.add(shared);
    encodeSharedBuffer(encoder, shared);
  } else if (byteLength >= ASIDE_FROM && encoder.reach !== "process") putAside(encoder, copyOf(buffer));
  else {
    writer.u8(resizable ? RESIZABLE_BUFFER : BUFFER);
    writer.varint(byteLength);
    if (resizable) writer.varint(buffer.maxByteLength);
    writer.raw(new Uint8Array(buffer));
  }
}

function putAside(encoder: Encoding, buffer: ArrayBuffer): void {
  encoder.transfer.push(buffer);
  encoder.writer.u8(ASIDE);
  encoder.writer.varint(encoder.aside(buffer));
}

function copyOf(buffer: ArrayBuffer): ArrayBuffer {
  if (!buffer.resizable) return buffer.slice(0);
  const copy = new ArrayBuffer(buffer.byteLength, { maxByteLength: buffer.maxByteLength });
  new Uint8Array(copy).set(new Uint8Array(buffer));
  return copy;
}

// Refuses what only has the prototype.
const sharedLength = Object.getOwnPropertyDescriptor(SharedArrayBuffer.prototype, "byteLength")!.get as () =>
  number;

/** The shared memory that this thread made for values that were put: nobody writes to it, so that a copy is as good. */
const put = new WeakSet<SharedArrayBuffer>();

/** Puts shared memory aside: both sides then see the same bytes. */
export function encodeSharedBuffer(encoder: Encoding, buffer: SharedArrayBuffer): void {
  const length = sharedLength.call(buffer);
  if (encoder.reach !== "thread") {
    if (encoder.reach === "process" || !put.has(buffer)) {
      throw new Refusal(buffer, "shared memory cannot cross processes; pass a copy of its bytes");
    }
    const bytes = new ArrayBuffer(length);
    new Uint8Array(bytes).set(new Uint8Array(buffer));
    return putAside(encoder, bytes);
  }
  encoder.writer.u8(ASIDE);
  encoder.writer.varint(encoder.aside(buffer));
}

/** Reads a `Uint8Array` and the buffer below it; the two have the next two numbers. */
export function decodeBytes(decoder: Decoding): Uint8Array {
  const { reader } = decoder;
  const bytes = reader.copy(reader.count(1));
  decoder.register(decoder.reserve(), bytes);
  decoder.register(decoder.reserve(), bytes.buffer);
  return bytes;
}

/** Reads a buffer's bytes. */
export function decodeBuffer(decoder: Decoding, resizable: boolean): ArrayBuffer {
  const { reader } = decoder;
  const slot = decoder.reserve();
  const length = resizable ? reader.varint() : reader.count(1);
  let buffer: ArrayBuffer;
  if (resizable) {
    const maxByteLength = reader.varint();
    const data = reader.raw(length);
    // The memory is only reserved by this, not used; but even of that there is not any amount.
    buffer = orCorrupt(() => new ArrayBuffer(length, { maxByteLength }));
    new Uint8Array(buffer).set(data);
  } else buffer = reader.copy(length).buffer;
  decoder.register(slot, buffer);
  return buffer;
}

/** Reads a view and what it is a view of. */
export function decodeView(decoder: Decoding): ArrayBufferView {
  const { reader } = decoder;
  const slot = decoder.reserve();
  const flags = reader.u8();
  const kind = kinds[flags & ~TRACKING];
  const offset = reader.varint();
  const length = reader.varint();
  if (kind === undefined) throw new CorruptFrameError("a typed array is of no kind known here");
  const buffer = decoder.value();
  if (!(buffer instanceof ArrayBuffer || buffer instanceof SharedArrayBuffer)) {
    throw new CorruptFrameError("a typed array has no buffer");
  }
  const tracking = (flags & TRACKING) !== 0 && isGrowable(buffer);
  const view = orCorrupt(() => new kind(buffer, offset, tracking ? undefined : length));
  decoder.register(slot, view);
  return view;
}

/** What the runtime refuses to construct from the bytes' numbers is the bytes' fault. */
function orCorrupt<T>(construct: () => T): T {
  try {
    return construct();
  } catch (cause) {
    throw new CorruptFrameError("a buffer or typed array has impossible bounds", { cause });
  }
}

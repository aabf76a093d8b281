/**
 * Values on their way between threads: the codec of one thread, and copies within it.
 *
 * @module
 */

import type { Movable } from "../base/movable.ts";
import { DeadlockError } from "../base/errors.ts";
import { ownerOf } from "../call/handle.ts";
import { Ref } from "../objects/ref.ts";
import { ActorCell } from "../supervise/actor_cell.ts";
import { nestingError } from "../transport/link.ts";
import type { PeerLink } from "../transport/peer.ts";
import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";
import { Decoder } from "../wire/decoder.ts";
import { Encoder } from "../wire/encoder.ts";
import { NOT_PRIMITIVE, readPrimitive, writePrimitive } from "../wire/primitives.ts";
import { Reader } from "../wire/reader.ts";
import { Writer } from "../wire/writer.ts";
import { SpecialValues } from "./special_values.ts";
import type { Thread } from "./thread.ts";

/** Buffers of 100 KiB and more that are put live in shared memory. */
const SHARE_FROM = 100 * 1024;

/** Encodes and decodes the values of one thread. */
export class Values {
  readonly #thread: Thread;
  readonly #special: SpecialValues;
  /** The encoder. */
  readonly encoder: Encoder;
  readonly #decoder: Decoder;
  readonly #scratch = new Writer();
  readonly #scratchReader = new Reader();
  readonly #marks = new WeakMap<object, readonly Movable[]>();
  #hasMarks = false;
  #isDecoding = false;

  /** @param thread The thread. */
  constructor(thread: Thread) {
    this.#thread = thread;
    this.#special = new SpecialValues(thread);
    this.encoder = new Encoder(this.#special);
    this.#decoder = new Decoder(this.#special);
  }

  /** Remembers what is to be moved when `value` crosses. */
  mark(value: object, transfer: readonly Movable[]): void {
    this.#marks.set(value, transfer);
    this.#hasMarks = true;
  }

  /** Ends the frame that is open on `link` with values. On failure there is no such frame, and nobody has seen anything of it. */
  finish(link: PeerLink, root: string, values: readonly unknown[]): void {
    this.#refuseNestingOn(link);
    const { out } = link;
    const start = out.pos;
    let count = 0;
    while (count < values.length && writePrimitive(out, values[count])) count++;
    if (count === values.length) return link.seal();
    out.truncate(start);
    this.#encodeAll(link, root, values);
  }

  #encodeAll(link: PeerLink, root: string, values: readonly unknown[]): void {
    this.#encode(link, root, () => {
      for (let i = 0; i < values.length; i++) this.#add(values[i]);
    });
  }

  /** The same with one value. */
  finishOne(link: PeerLink, root: string, value: unknown): void {
    this.#refuseNestingOn(link);
    if (writePrimitive(link.out, value)) link.seal();
    else this.#encodeAll(link, root, [value]);
  }

  /** The same with what a task threw; what of it cannot cross is described by an `Error`. */
  finishThrown(link: PeerLink, thrown: unknown): void {
    this.#refuseNestingOn(link);
    this.#encode(link, "error", () => this.encoder.encodeThrown(thrown));
  }

  #encode(link: PeerLink, root: string, write: () => void): void {
    const { encoder } = this;
    this.#special.receiver = link;
    encoder.begin(link.out, root);
    encoder.reach = link.reach;
    try {
      write();
      encoder.end();
      link.seal(encoder.items, encoder.transfer);
    } catch (error) {
      encoder.end();
      link.abort();
      this.#special.rollback();
      throw error;
    }
    this.#special.commit();
  }

  /** Encodes one value at the top level. */
  #add(value: unknown): void {
    if (this.#hasMarks && typeof value === "object" && value !== null) {
      const transfer = this.#marks.get(value);
      if (transfer !== undefined) {
        this.encoder.marked = new Set<object>([...this.encoder.marked ?? [], ...transfer]);
      }
    }
    this.encoder.value(value);
  }

  /** The one value that is the rest of a frame. Throws `SerializationError` if it cannot be used here. */
  read(link: PeerLink, reader: Reader, items: readonly unknown[]): unknown {
    const start = reader.pos;
    const primitive = readPrimitive(reader);
    if (primitive !== NOT_PRIMITIVE && reader.remaining === 0) return primitive;
    reader.pos = start;
    return this.#readCoded(link, reader, items);
  }

  #readCoded(link: PeerLink, reader: Reader, items: readonly unknown[]): unknown {
    this.#open(link, reader, items);
    try {
      const value = this.#decoder.value();
      this.#check();
      return value;
    } finally {
      this.#close();
    }
  }

  /** The arguments that are the rest of a frame. Throws `SerializationError` if one cannot be used here. */
  readArgs(link: PeerLink, reader: Reader, items: readonly unknown[]): unknown[] {
    const count = reader.varint();
    // Each takes a byte at least.
    reader.need(count);
    const start = reader.pos;
    // What most calls have: none, or a single primitive.
    if (count === 0 && reader.remaining === 0) return [];
    const first = count === 1 ? readPrimitive(reader) : NOT_PRIMITIVE;
    if (first !== NOT_PRIMITIVE && reader.remaining === 0) return [first];
    reader.pos = start;
    return this.#readMany(link, reader, items, count);
  }

  #readMany(link: PeerLink, reader: Reader, items: readonly unknown[], count: number): unknown[] {
    const start = reader.pos;
    const args = new Array<unknown>(count);
    let done = 0;
    while (done < count && (args[done] = readPrimitive(reader)) !== NOT_PRIMITIVE) done++;
    if (done === count && reader.remaining === 0) return args;
    reader.pos = start;
    this.#open(link, reader, items);
    try {
      for (let i = 0; i < count; i++) args[i] = this.#decoder.value();
      this.#check();
      return args;
    } finally {
      this.#close();
    }
  }

  /** True while a hook of the program's runs: it must not wait for what this thread would have to read meanwhile. */
  get isBusy(): boolean {
    return this.#isDecoding || this.encoder.busy;
  }

  /** Throws `DeadlockError` if one does: whatever wants to wait calls this first. */
  refuseWhileBusy(): void {
    if (!this.isBusy) return;
    throw new DeadlockError(
      "Cannot block while a value is being encoded or decoded: a hook or getter must not wait",
    );
  }

  #open(sender: PeerLink | undefined, reader: Reader, items: readonly unknown[]): void {
    this.#special.sender = sender;
    this.#special.failure = undefined;
    this.#isDecoding = true;
    this.#decoder.begin(reader, items);
  }

  #check(): void {
    const { remaining } = this.#decoder.reader;
    if (remaining !== 0) throw new CorruptFrameError(`${remaining} bytes too many`);
    if (this.#special.failure !== undefined) throw this.#special.failure;
  }

  #close(): void {
    this.#isDecoding = false;
    this.#decoder.end();
  }

  /** Copies of arguments, made before their call is; refs at the top level are kept, for their values to come. */
  copyArgs(args: readonly unknown[]): unknown[] {
    if (!args.some(isRef)) return [...this.copy(args, "args")];
    const copies = this.copy(args.map((arg) => isRef(arg) ? undefined : arg), "args");
    return args.map((arg, index) => isRef(arg) ? arg : copies[index]);
  }

  /** Copies of values within this thread, sharing among them kept; primitives as they are. `root` names them in errors. */
  copy(values: readonly unknown[], root: string): readonly unknown[] {
    for (let i = 0; i < values.length; i++) {
      if (!isPrimitive(values[i]) && !this.#isOwnHandle(values[i])) return this.#copyAll(values, root);
    }
    return values;
  }

  /** True for a handle of this thread, which all of its code may share. What stands for an actor beyond a border is told apart. */
  #isOwnHandle(value: unknown): boolean {
    const cell = ownerOf(value);
    return cell instanceof ActorCell && cell.home === this.#thread && this.#thread.membrane === undefined;
  }

  #copyAll(values: readonly unknown[], root: string): readonly unknown[] {
    return this.#roundTrip(root, () => values.forEach((value) => this.#add(value)), () => {
      return values.map(() => this.#decoder.value());
    });
  }

  /** A copy of one value. */
  copyOne(value: unknown, root: string): unknown {
    return isPrimitive(value) || this.#isOwnHandle(value) ? value : this.#copyAll([value], root)[0];
  }

  /** A copy of a value that was put: its large buffers are in shared memory. */
  share(value: unknown): unknown {
    if (isPrimitive(value)) return value;
    return this.#roundTrip("value", () => {
      this.encoder.sharesFrom = SHARE_FROM;
      this.#add(value);
    }, () => this.#decoder.value());
  }

  /** A copy of what a task threw, as another thread would see it. */
  copyThrown(thrown: unknown): unknown {
    return this.#roundTrip("error", () => this.encoder.encodeThrown(thrown), () => this.#decoder.value());
  }

  #roundTrip<T>(root: string, write: () => void, read: () => T): T {
    this.refuseNesting();
    const { encoder } = this;
    const writer = this.#scratch;
    writer.truncate(0);
    this.#special.receiver = undefined;
    encoder.begin(writer, root);
    let items: readonly unknown[];
    try {
      write();
      items = move(encoder.items, encoder.transfer, encoder.marked);
    } finally {
      encoder.end();
    }
    this.#scratchReader.reset(writer.bytes, 0, writer.pos);
    this.#open(undefined, this.#scratchReader, items);
    try {
      const copy = read();
      this.#check();
      return copy;
    } finally {
      this.#close();
    }
  }

  /** A getter or an `encode` of the program's that makes a call would write into the value that is being written. */
  refuseNesting(): void {
    if (this.encoder.busy) throw nestingError();
  }

  #refuseNestingOn(link: PeerLink): void {
    if (!this.encoder.busy) return;
    link.abort();
    throw nestingError();
  }
}

function isRef(value: unknown): boolean {
  return value instanceof Ref;
}

function isPrimitive(value: unknown): boolean {
  return (typeof value !== "object" || value === null) && typeof value !== "function" &&
    typeof value !== "symbol";
}

/** What goes beside, moved out of the sender's hands as a port would. Fresh copies need no move. */
function move(
  items: unknown[],
  transfer: readonly Movable[],
  marked: ReadonlySet<object> | undefined,
): readonly unknown[] {
  if (marked === undefined) return items;
  return items.map((item) =>
    marked.has(item as object) && transfer.includes(item as Movable)
      ? structuredClone(item, { transfer: [item as never] })
      : item
  );
}

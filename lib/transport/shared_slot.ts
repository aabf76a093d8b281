/**
 * The value of one shared accessor, in memory that all threads of its actor see. Writers take the lock. Readers take none, so that
 * nobody waits for an `updateShared` of another thread: a version, odd while a value is being written, tells them when to read
 * once more.
 *
 * @module
 */

import { MAX_SHARED_BYTES, type SharedMemory, VALUE } from "./shared_memory.ts";

/** Turns values into bytes and back. */
export interface SlotCodec {
  /** The bytes of a value, good until the next one is encoded. */
  encode(name: string, value: unknown): Uint8Array;
  /** The value of such bytes. */
  decode(name: string, bytes: Uint8Array): unknown;
}

// The words of a value.
const VERSION = VALUE;
const KIND = VALUE + 1;
const LOW = VALUE + 2; // of the number's bits; the length of the bytes
const HIGH = VALUE + 3;

const Kind = { none: 0, undefined: 1, null: 2, false: 3, true: 4, number: 5, bigint: 6, bytes: 7 } as const;

/** Looks at an odd version before a thread sleeps for a millisecond: long enough for all but large values. */
const SPINS = 1_000;

// Numbers and their bits; a read or write of a thread is over before the next one begins.
const scratch = new ArrayBuffer(8);
const halves = new Int32Array(scratch);
const float = new Float64Array(scratch);
const integer = new BigInt64Array(scratch);

/** A place for one value. */
export class SharedSlot {
  readonly #memory: SharedMemory;
  readonly #field: number;
  readonly #name: string;
  readonly #codec: SlotCodec;
  readonly #at: number;
  readonly #bytes: Uint8Array;

  /**
   * @param memory The memory.
   * @param field The field's number.
   * @param name Its name, for errors.
   * @param codec Encodes what is no number.
   */
  constructor(memory: SharedMemory, field: number, name: string, codec: SlotCodec) {
    this.#memory = memory;
    this.#field = field;
    this.#name = name;
    this.#codec = codec;
    this.#at = memory.at(field);
    // Without a length it grows with its buffer.
    this.#bytes = new Uint8Array(memory.buffers[field]);
  }

  /** True while this thread has the lock. */
  get isMine(): boolean {
    return this.#memory.isMine(this.#field);
  }

  /** Runs `use` with the lock. */
  locked<T>(use: () => T): T {
    this.#memory.lock(this.#field, this.#name);
    try {
      return use();
    } finally {
      this.#memory.unlock(this.#field);
    }
  }

  /** True if no value was ever written. */
  get isEmpty(): boolean {
    return Atomics.load(this.#memory.words, this.#at + KIND) === Kind.none;
  }

  /** The value. */
  read(): unknown {
    const { words } = this.#memory;
    const at = this.#at;
    for (let spins = 0;; spins++) {
      const version = Atomics.load(words, at + VERSION);
      if ((version & 1) !== 0) {
        if (spins > SPINS) this.#pause(version);
        continue;
      }
      const kind = Atomics.load(words, at + KIND);
      const low = Atomics.load(words, at + LOW);
      const high = Atomics.load(words, at + HIGH);
      const bytes = kind === Kind.bytes ? this.#bytes.slice(0, low) : undefined;
      // An operation that also writes: what was read before cannot be read after it.
      if ((bytes ? Atomics.or(words, at + VERSION, 0) : Atomics.load(words, at + VERSION)) !== version) {
        continue;
      }
      if (bytes !== undefined) return this.#codec.decode(this.#name, bytes);
      halves[0] = low;
      halves[1] = high;
      return kind === Kind.number ? float[0] : kind === Kind.bigint ? integer[0] : constants[kind];
    }
  }

  /** Sets the value; this thread MUST have the lock. On failure the old one stays. */
  write(value: unknown): void {
    const { words } = this.#memory;
    const at = this.#at;
    const kind = kindOf(value);
    let bytes: Uint8Array | undefined;
    if (kind === Kind.bytes) {
      bytes = this.#codec.encode(this.#name, value);
      this.#grow(bytes.length);
    } else if (kind === Kind.number) float[0] = value as number;
    else if (kind === Kind.bigint) integer[0] = value as bigint;
    Atomics.add(words, at + VERSION, 1);
    if (bytes !== undefined) this.#bytes.set(bytes);
    Atomics.store(words, at + KIND, kind);
    Atomics.store(words, at + LOW, bytes === undefined ? halves[0] : bytes.length);
    Atomics.store(words, at + HIGH, halves[1]);
    Atomics.add(words, at + VERSION, 1);
  }

  #grow(length: number): void {
    if (length <= this.#bytes.length) return;
    if (length > MAX_SHARED_BYTES) {
      throw new RangeError(
        `Cannot set shared accessor "${this.#name}" to a value of ${length} bytes: at most ${MAX_SHARED_BYTES} (64 MiB) are ` +
          `allowed, share a SharedArrayBuffer by the constructor instead`,
      );
    }
    const buffer = this.#memory.buffers[this.#field];
    buffer.grow(Math.min(MAX_SHARED_BYTES, Math.max(length, buffer.byteLength * 2, 1024)));
  }

  #pause(version: number): void {
    this.#memory.refuseDead();
    Atomics.wait(this.#memory.words, this.#at + VERSION, version, 1);
  }
}

const constants: readonly unknown[] = [undefined, undefined, null, false, true];

function kindOf(value: unknown): number {
  switch (typeof value) {
    case "number":
      return Kind.number;
    case "boolean":
      return value ? Kind.true : Kind.false;
    case "undefined":
      return Kind.undefined;
    case "bigint":
      return BigInt.asIntN(64, value) === value ? Kind.bigint : Kind.bytes;
    default:
      return value === null ? Kind.null : Kind.bytes;
  }
}

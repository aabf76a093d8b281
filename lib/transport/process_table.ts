/**
 * The child processes that the board knows of, so that none is left when a bridge is terminated that would have ended its own.
 *
 * @module
 */

import { BRIDGE, HEAD_WORDS, HIGH_SLOT, OWNER, SLOT_WORDS } from "./board_layout.ts";
import type { ThreadAddress } from "./thread_address.ts";

// In the head of the board.
const PLACE_LENGTH = 7;
const FLAGS = 8;
const PLACE = 9;
const PLACE_BYTES = 92;

const DIVERTED = 1;
const HAS_PROGRAM = 2;
const ON_NODE = 4;

/** In a bridge's slot: the number of its process in the system, 0 for none. */
const PID = 7;

/** What the ids of this process begin with, from now on `place` if that is given. */
export function placeOf(board: { readonly memory: SharedArrayBuffer }, place?: string): string {
  const table = new ProcessTable(board);
  if (place !== undefined) table.place = place;
  return table.place;
}

/** What the ids of a program on a cluster begin with: others there know actors of it. */
export function placeOnCluster(): string {
  return `${crypto.randomUUID().slice(0, 8)}.`;
}

/** One view of the processes. */
export class ProcessTable {
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;

  /** @param board The board. */
  constructor(board: { readonly memory: SharedArrayBuffer }) {
    this.#words = new Int32Array(board.memory);
    this.#bytes = new Uint8Array(board.memory);
  }

  /** What the ids of this process begin with; `""` in the driver's, unless it is on a cluster. ASCII of at most 92 characters. */
  get place(): string {
    const start = PLACE * 4;
    return new TextDecoder().decode(this.#bytes.slice(start, start + this.#words[PLACE_LENGTH]));
  }
  set place(place: string) {
    if (place.length > PLACE_BYTES) throw new RangeError("Cannot start a process: processes nest too deep");
    this.#words[PLACE_LENGTH] = place.length;
    this.#bytes.set(new TextEncoder().encode(place), PLACE * 4);
  }

  /** True if what the threads of this process print goes to stderr, for its stdout is a stream. */
  get isDiverted(): boolean {
    return (this.#words[FLAGS] & DIVERTED) !== 0;
  }

  /** It does, from now on. */
  divert(): void {
    this.#words[FLAGS] |= DIVERTED;
  }

  /** True if this process is one of a program's whose driver is in another one: names are that program's. */
  get hasProgram(): boolean {
    return (this.#words[FLAGS] & HAS_PROGRAM) !== 0;
  }

  /** It is. */
  joinProgram(): void {
    this.#words[FLAGS] |= HAS_PROGRAM;
  }

  /** True if this process is one on a node of a cluster: what its actors make is the cluster's to place. */
  get isOnNode(): boolean {
    return (this.#words[FLAGS] & ON_NODE) !== 0;
  }

  /** It is. */
  joinNode(): void {
    this.#words[FLAGS] |= ON_NODE;
  }

  /** A bridge has started its process. */
  started(bridge: ThreadAddress, pid: number): void {
    Atomics.store(this.#words, HEAD_WORDS + bridge.slot * SLOT_WORDS + PID, pid);
  }

  /** That process has ended: its number may soon be another's. */
  ended(bridge: ThreadAddress): void {
    this.started(bridge, 0);
  }

  /** The processes whose bridges are dead, each once. */
  takeOrphans(): number[] {
    const words = this.#words;
    const pids: number[] = [];
    const end = HEAD_WORDS + Atomics.load(words, HIGH_SLOT) * SLOT_WORDS;
    for (let at = HEAD_WORDS; at < end; at += SLOT_WORDS) {
      if (words[at + BRIDGE] === 0 || Atomics.load(words, at + OWNER) > 0) continue;
      const pid = Atomics.exchange(words, at + PID, 0);
      if (pid > 0) pids.push(pid);
    }
    return pids;
  }
}

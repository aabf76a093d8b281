/**
 * The threads of the pool, on which many actors live together: chosen by whoever makes an actor, started by the driver.
 *
 * @module
 */

import type { ClassDefinition } from "../define/class_definition.ts";
import { READY, Ref } from "../objects/ref.ts";
import type { Demand } from "../define/demand.ts";
import type { ActorAddress } from "../supervise/actor_address.ts";
import type { PeerLink } from "../transport/peer.ts";
import { PoolTable } from "../transport/pool_table.ts";
import type { ThreadAddress } from "../transport/thread_address.ts";
import type { FaultSettings } from "../wire/fault_settings.ts";
import { Frame } from "../wire/frames.ts";
import { handleOfNew } from "./actor_settings.ts";
import { whenReady } from "./when_ready.ts";
import type { Naming } from "./names.ts";
import type { Thread } from "./thread.ts";

/** What is said of an actor besides its class and arguments. */
export interface PooledSettings {
  readonly maxConcurrency: number;
  readonly isSerial: boolean;
  readonly maxPendingCalls: number;
  /** What was said of repeated calls, for an actor that begins in that thread. */
  fault(origin: number): FaultSettings | undefined;
  readonly naming?: Naming | undefined;
  readonly demand?: Demand | undefined;
}

/** The pool as one thread sees it. */
export class PoolThreads {
  /** Who has how many actors. */
  readonly table: PoolTable;
  readonly #thread: Thread;
  /** The driver: those it has started. */
  readonly #started = new Set<number>();

  /**
   * @param thread The thread.
   * @param size How many threads there may be; said by the driver.
   */
  constructor(thread: Thread, size?: number) {
    this.#thread = thread;
    this.table = new PoolTable(thread.board);
    if (size !== undefined) this.table.resize(size);
  }

  /** The thread for a new actor, with the fewest of them. */
  choose(): ThreadAddress {
    const { driverLink, self } = this.#thread;
    return this.table.choose(driverLink?.peer ?? self);
  }

  /** The link to a thread of the pool; `undefined` if it has ended. */
  reach(thread: ThreadAddress): PeerLink | undefined {
    if (this.#thread.isWorker) return this.#thread.peers.connect(thread);
    this.start(thread.id);
    return this.#thread.peers.find(thread.id);
  }

  /** The driver: starts a thread of the pool that somebody has put on the board, whoever mentions it first. */
  start(id: number): void {
    if (this.#started.has(id)) return;
    const thread = this.table.find(id);
    if (thread === undefined) return;
    this.#started.add(id);
    this.#thread.children.make("", { at: thread }).start();
  }

  /**
   * Makes an actor on the pool, and returns its handle at once. `undefined` if this very thread is the one to have it: then it is
   * made as one that lives inline.
   */
  create(definition: ClassDefinition, settings: PooledSettings, args: unknown[]): object | undefined {
    const { cells, names, self } = this.#thread;
    const thread = this.choose();
    if (thread.id === self.id) return undefined;
    const link = this.reach(thread);
    const { isSerial, maxPendingCalls, naming } = settings;
    const local = this.table.give(thread);
    const address: ActorAddress = {
      thread,
      local,
      ownsThread: false,
      isSerial,
      maxPendingCalls,
      owner: self,
      fault: settings.fault(thread.id),
    };
    try {
      const taken = naming && names.claim(naming, definition.shape, address);
      if (taken !== undefined) {
        this.table.ended(thread);
        return taken;
      }
      if (link !== undefined) this.#begin(link, address, definition, settings, args);
    } catch (error) {
      names.table.free(thread, local);
      this.table.ended(thread);
      throw error;
    }
    const cell = cells.of(address, definition.shape);
    cells.count(cell);
    return handleOfNew(this.#thread, cell);
  }

  #begin(
    link: PeerLink,
    address: ActorAddress,
    definition: ClassDefinition,
    settings: PooledSettings,
    args: unknown[],
  ): void {
    const send = (values: readonly unknown[]): void =>
      this.#sendCreate(link, address.local, definition, settings, values);
    const { demand } = settings;
    const isComplete = args.every((arg) => !(arg instanceof Ref) || arg.status === READY);
    if (isComplete && demand === undefined) {
      return send(args.map((arg) => arg instanceof Ref ? arg.value : arg));
    }
    const copies = this.#thread.values.copyArgs(args);
    this.announce(address);
    const fail = (cause: unknown): void => {
      if (link.isClosed) return;
      link.open(Frame.createFailed).u32(address.local);
      this.#thread.values.finishThrown(link, cause);
    };
    const begin = (): void =>
      whenReady(copies, {
        ready: (values) => {
          try {
            send(values);
          } catch (error) {
            fail(error);
          }
        },
        failed: fail,
      });
    if (demand === undefined) begin();
    else this.#thread.admission.begin(address, demand, false, begin);
  }

  /** Writes the frame that makes an actor; throws, and has written nothing, if an argument cannot cross. */
  #sendCreate(
    link: PeerLink,
    local: number,
    { module, shape }: ClassDefinition,
    { maxConcurrency, maxPendingCalls }: PooledSettings,
    args: readonly unknown[],
  ): void {
    if (link.isClosed) return;
    const out = link.open(Frame.create);
    out.u32(local);
    out.string(module);
    out.string(shape.name);
    out.u32(maxConcurrency);
    out.f64(maxPendingCalls);
    // Nothing restarts it, and what is said of repeated calls is the callers'.
    out.u8(0);
    out.varint(args.length);
    this.#thread.values.finish(link, "args", args);
  }

  /**
   * Tells the thread of a pool's actor that it will be made: by this thread, when its arguments are there; or by another one, whose
   * word of it may come after calls from here.
   */
  announce({ thread, local, owner = thread }: ActorAddress): void {
    const { self, pooled } = this.#thread;
    if (thread.id === self.id) return void pooled?.expect(local, owner);
    const link = this.reach(thread);
    if (link === undefined || link.isClosed) return;
    const out = link.open(Frame.expectActor);
    out.u32(local);
    out.u32(owner.id);
    out.u32(owner.slot);
    link.seal();
  }
}

/** True if an actor lives on a thread of the pool and was made by another one than `self`. */
export function isForeign({ owner }: ActorAddress, self: ThreadAddress): boolean {
  return owner !== undefined && owner.id !== self.id;
}

/**
 * The threads of the pool, on which many actors live together: chosen by whoever makes an actor, started by the driver.
 *
 * @module
 */

import type { ClassDefinition } from "../define/class_definition.ts";
import { READY, Ref } from "../objects/ref.ts";
import { type ActorAddress, isRestartable } from "../supervise/actor_address.ts";
import type { PeerLink } from "../transport/peer.ts";
import { PoolTable } from "../transport/pool_table.ts";
import type { ThreadAddress } from "../transport/thread_address.ts";
import { Frame } from "../wire/frames.ts";
import { type ActorSettings, handleOfNew } from "./actor_settings.ts";
import { type Creation, sendCreate, sendCreateFailed, sendKept } from "./creation.ts";
import type { Thread } from "./thread.ts";
import { KeptArguments, sendWhenReady } from "./when_ready.ts";

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
  create(definition: ClassDefinition, settings: ActorSettings, args: unknown[]): object | undefined {
    const { board, cells, names, restarts, self, values } = this.#thread;
    let thread = this.choose();
    if (thread.id === self.id) return undefined;
    let link = this.reach(thread);
    // One that has ended meanwhile is not chosen again.
    while (link === undefined && !board.isAlive(thread)) {
      thread = this.choose();
      if (thread.id === self.id) return undefined;
      link = this.reach(thread);
    }
    const { isSerial, maxPendingCalls, naming } = settings;
    const local = this.table.give(thread);
    const address: ActorAddress = {
      thread,
      local,
      ownsThread: false,
      isSerial,
      maxPendingCalls,
      owner: self,
      fault: settings.fault(thread.id, local),
    };
    const creation: Creation = { definition, settings, isBridged: false };
    let kept: KeptArguments | undefined;
    try {
      const taken = naming && names.claim(naming, definition.shape, address);
      if (taken !== undefined) {
        this.table.ended(thread);
        return taken;
      }
      if (isRestartable(address)) kept = new KeptArguments(values.copyArgs(args));
      if (link !== undefined) this.#begin(link, address, creation, args, kept);
    } catch (error) {
      names.table.free(thread, local);
      this.table.ended(thread);
      throw error;
    }
    if (kept !== undefined) restarts.own.supervise(address, { ...creation, kept });
    const cell = cells.of(address, definition.shape);
    cells.count(cell);
    return handleOfNew(this.#thread, cell);
  }

  #begin(
    link: PeerLink,
    address: ActorAddress,
    creation: Creation,
    args: unknown[],
    kept: KeptArguments | undefined,
  ): void {
    const isComplete = args.every((arg) => !(arg instanceof Ref) || arg.status === READY);
    const { demand } = creation.settings;
    if (!isComplete || demand !== undefined) this.announce(address);
    const begin = (create: () => void): void => {
      if (demand === undefined) create();
      else this.#thread.admission.begin(address, demand, false, create);
    };
    if (kept !== undefined) return begin(() => sendKept(this.#thread, [link], creation, address, kept));
    const send = (values: readonly unknown[]): void =>
      sendCreate(this.#thread, link, creation, address, values);
    if (isComplete && demand === undefined) {
      return send(args.map((arg) => arg instanceof Ref ? arg.value : arg));
    }
    const copies = this.#thread.values.copyArgs(args);
    const fail = (cause: unknown): void => sendCreateFailed(this.#thread, link, address.local, cause);
    begin(() => sendWhenReady(copies, send, fail));
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

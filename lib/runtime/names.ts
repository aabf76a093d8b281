/**
 * Names of actors, as one thread uses them: who has a name stands in shared memory, of which class that actor is knows the
 * driver.
 *
 * @module
 */

import { LazyError } from "../base/lazy_error.ts";
import type { RetryWish } from "../base/retry_rule.ts";
import { ActorAlreadyExistsError, ActorNotFoundError } from "../base/name_errors.ts";
import type { ClassShape } from "../define/class_definition.ts";
import type { ActorOptions, Placement } from "../define/options.ts";
import { Ref } from "../objects/ref.ts";
import { describeKey, hashText, type NameKey, nameKey } from "../registry/name_key.ts";
import type { NamedAddress } from "../registry/name_entry.ts";
import { type NameHolder, NameTable } from "../registry/name_table.ts";
import { type NamedClass, readShape, ShapeDirectory, writeShape } from "../registry/shape_directory.ts";
import { type ActorAddress, retriedAt } from "../supervise/actor_address.ts";
import type { ActorCell } from "../supervise/actor_cell.ts";
import type { PeerLink } from "../transport/peer.ts";
import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";
import { Frame } from "../wire/frames.ts";
import type { Reader } from "../wire/reader.ts";
import { readThread } from "./children.ts";
import { sendResult } from "./replies.ts";
import { ProgramNames } from "./program_names.ts";
import type { Thread } from "./thread.ts";

/** What was said of a new actor's name. */
export interface Naming {
  /** The name. */
  readonly key: NameKey;
  /** True for the handle of the actor that has the name already. */
  readonly getIfExists: boolean;
  /** What was said of calls that may be made again. */
  readonly retries?: RetryWish | undefined;
}

/**
 * Refuses a name, or `lifetime: "detached"`, for an actor that cannot have it. Throws `TypeError`, or `RangeError` for a detached
 * actor that would live in a worker's own thread.
 */
export function checkNaming(
  thread: Thread,
  { lifetime, name }: ActorOptions,
  placement: Placement | undefined,
  shape: ClassShape,
  threads: number,
): void {
  const isThreaded = threads > 1;
  if (name !== undefined && isThreaded) {
    throw new TypeError(
      `Cannot name an actor of class "${shape.name}" with "maxConcurrency" ${threads}: it has no async method, so that it has ` +
        `several threads, and a name is that of one, use "maxConcurrency" 1`,
    );
  }
  if (lifetime !== "detached") return;
  if (isThreaded || placement === "pool" || placement === "process") {
    const why = isThreaded ? "several threads" : `placement "${placement}"`;
    throw new TypeError(
      `Cannot make a detached actor of class "${shape.name}" with ${why}: it needs one thread of its own, use placement "thread"` +
        (isThreaded ? ` and "maxConcurrency" 1` : ""),
    );
  }
  if (placement !== "inline" || !thread.isWorker) return;
  throw new RangeError(
    `Cannot make a detached actor of class "${shape.name}" with placement "inline": it would live in this thread, which ` +
      `ends with its own actor, use placement "thread", or make it in the driver`,
  );
}

/** The error of calls to a new actor whose name another has, of that class or not. */
export function takenError(
  { key, getIfExists }: Pick<Naming, "key" | "getIfExists">,
  { name }: ClassShape,
  isSame: boolean,
): ActorAlreadyExistsError {
  const why = !isSame && getIfExists
    ? `an actor of another class than "${name}" has this name, use another one`
    : `another actor that lives has this name, use another one, or the option "getIfExists: true" for the handle of ` +
      `that actor`;
  return new ActorAlreadyExistsError(`Cannot make actor ${describeKey(key)}: ${why}`);
}

/** The names of one thread. */
export class Names {
  /** Who has which name. */
  readonly table: NameTable;
  readonly #thread: Thread;
  /** In the driver. */
  readonly #shapes: ShapeDirectory | undefined;
  #program: ProgramNames | null | undefined = null;

  /**
   * @param thread The thread.
   * @param from The memory of the table, or, in the driver, the namespace of names for which none is given.
   */
  constructor(thread: Thread, from: SharedArrayBuffer | string) {
    this.#thread = thread;
    this.table = new NameTable(thread.board, thread.self, from);
    if (typeof from !== "string") return;
    this.#shapes = new ShapeDirectory((address, local) => this.table.has(address, local));
  }

  /** A name in its namespace, the program's unless given. Throws `RangeError` if it is too long. */
  key(name: string, namespace = this.table.namespace): NameKey {
    return nameKey(namespace, name);
  }

  /** What options say of a name; `undefined` for an actor without one. Throws `RangeError` if the name is too long. */
  settle({ name, namespace, getIfExists }: ActorOptions, retries?: RetryWish): Naming | undefined {
    if (name === undefined) return undefined;
    this.#thread.values.refuseNesting();
    return { key: this.key(name, namespace), getIfExists: getIfExists === true, retries };
  }

  /** What stands for a new actor whose name another has: a handle. */
  taken(naming: Naming, shape: ClassShape): object | undefined {
    const holder = this.table.find(naming.key);
    return holder && this.#instead(naming, shape, holder);
  }

  /** The names of the program, in a process of its that is not the driver's. */
  get program(): ProgramNames | undefined {
    return this.#program === null ? this.#program = ProgramNames.of(this.#thread) : this.#program;
  }

  /** Gives a name to a new actor, unless another has it: then the same as {@linkcode taken}, and there must be no new actor. */
  claim(naming: Naming, shape: ClassShape, address: ActorAddress): object | undefined {
    // One with an id of another process's has its name there.
    const other = address.id === undefined ? this.program?.claim(naming, shape, address) : undefined;
    if (other !== undefined) return other;
    const holder = this.table.claim(naming.key, address, hashText(shape.key));
    if (holder !== undefined) return this.#instead(naming, shape, holder);
    this.#tell(address, shape);
    return undefined;
  }

  /** An actor starts again at `to`, and keeps its name, if it has one. */
  move(from: ActorAddress, to: ActorAddress, shape: ClassShape): void {
    if (this.table.move(from, to)) this.#tell(to, shape);
  }

  /** Has the driver know of which class a named actor is. */
  #tell({ thread, local, fault }: ActorAddress, shape: ClassShape): void {
    const text = writeShape(shape, fault?.retries);
    this.#shapes?.add(thread, local, text);
    const driver = this.#thread.driverLink;
    if (driver === undefined) return;
    const out = driver.open(Frame.named);
    out.u32(thread.id);
    out.u32(thread.slot);
    out.u32(local);
    out.string(text);
    driver.seal();
  }

  /** The name of an actor of this thread. */
  nameOf(local: number): string | undefined {
    return this.table.nameOf(this.#thread.self, local);
  }

  /** An actor of this thread has ended: its name is free. */
  ended(local: number): void {
    this.table.free(this.#thread.self, local);
  }

  /** The handle of the actor that has a name. Throws `ActorNotFoundError`. */
  async get(key: NameKey): Promise<object> {
    for (;;) {
      const holder = this.table.find(key);
      if (holder === undefined) break;
      const { address } = holder;
      const { cells } = this.#thread;
      const cell = cells.find(address.thread.id, address.local);
      if (cell !== undefined) return cells.handleOf(cell);
      const named = await this.#fetchShape(address);
      if (named !== undefined) return cells.handleOf(this.reach(address, named));
      // It has ended meanwhile; another may have the name by now.
    }
    if (this.program !== undefined) return await this.program.find(key);
    throw new ActorNotFoundError(
      `Cannot get actor ${
        describeKey(key)
      }: no actor that lives has this name there, make one with the options ` +
        `"name" and "namespace"`,
    );
  }

  /** The program's names; those of one namespace, if one is given. */
  async list(namespace?: string): Promise<{ name: string; namespace: string }[]> {
    return await this.program?.list(namespace) ?? this.table.list(namespace);
  }

  /** The driver: of which class a named actor is. */
  named(reader: Reader): void {
    const thread = readThread(reader);
    const local = reader.u32();
    const text = reader.string();
    readShape(text);
    this.#directory().add(thread, local, text);
  }

  /** The driver: another thread wants to know it. */
  shapeWanted(link: PeerLink, reader: Reader): void {
    const slot = reader.u32();
    const thread = readThread(reader);
    this.#directory().want(thread, reader.u32(), (shape) => {
      if (!link.isClosed) sendResult(link, slot, shape, this.#thread.values);
    });
  }

  /** Some thread has died. */
  deaths(): void {
    this.#shapes?.deaths();
  }

  /** The runtime ends. */
  close(): void {
    this.#shapes?.close();
  }

  #directory(): ShapeDirectory {
    if (this.#shapes === undefined) throw new CorruptFrameError("a name, which is for the driver");
    return this.#shapes;
  }

  #fetchShape({ thread, local }: NamedAddress): Promise<NamedClass | undefined> {
    const ref = new Ref<string | undefined>(this.#thread, "getActor");
    const driver = this.#thread.driverLink;
    if (this.#shapes !== undefined) this.#shapes.want(thread, local, (shape) => ref.resolve(shape));
    else if (driver === undefined) ref.resolve(undefined);
    else {
      const out = driver.open(Frame.shapeWanted);
      out.u32(driver.calls.add(ref));
      out.u32(thread.id);
      out.u32(thread.slot);
      out.u32(local);
      driver.seal();
    }
    return ref.then((text) => text === undefined ? undefined : readShape(text));
  }

  /** An actor anywhere. Calls that come before it is made wait in its thread. Whether its handle counts is the caller's to say. */
  reach(place: NamedAddress, { shape, retries }: NamedClass): ActorCell {
    const { board, cells, peers, self } = this.#thread;
    const known = cells.find(place.thread.id, place.local);
    if (known !== undefined) return known;
    const fault = place.fault ?? (retries && retriedAt(place, retries));
    const address: ActorAddress = { ...place, fault: fault && { ...fault, retries } };
    // An actor that a thread of the pool has of another is told of, and its thread started, by `cells`.
    const isElsewhere = place.thread.id !== self.id && place.owner === undefined;
    if (isElsewhere && board.isAlive(place.thread)) peers.connect(place.thread);
    return cells.of(address, shape);
  }

  /** A handle that keeps its actor alive. */
  counted(cell: ActorCell): object {
    const { cells, self } = this.#thread;
    cells.count(cell);
    cells.lend(cell, self.id);
    return cells.handleOf(cell);
  }

  #instead(naming: Naming, shape: ClassShape, { address, classHash }: NameHolder): object {
    const { getIfExists, retries } = naming;
    const isSame = classHash === hashText(shape.key);
    if (getIfExists && isSame) return this.counted(this.reach(address, { shape, retries }));
    return this.refused(shape, takenError(naming, shape, isSame));
  }

  /** The handle of an actor that never was: each call rejects, in every thread. */
  refused(shape: ClassShape, error: ActorAlreadyExistsError): object {
    const { cells, host, pool, pooled, self } = this.#thread;
    const local = host.nextActor();
    host.expect(local).end(new LazyError(() => error));
    // It is no load for a thread of the pool.
    if (pooled !== undefined) pool.table.ended(self);
    const address = { thread: self, local, ownsThread: false, isSerial: true, maxPendingCalls: Infinity };
    return this.counted(cells.of(address, shape));
  }
}

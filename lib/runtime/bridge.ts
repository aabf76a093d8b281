/**
 * The bridge to a process: a worker that starts it, as a child or on a Ray cluster, and stands for its actor. Towards the program
 * it is a thread as any other; what comes to it goes on to the process. It ends with the process, and the process with it.
 *
 * @module
 */

import { LazyError } from "../base/lazy_error.ts";
import { type ActorId, actorId } from "../base/ids.ts";
import { ActorAlreadyExistsError } from "../base/name_errors.ts";
import { process } from "../base/platform.ts";
import { type CancelHow, Ref } from "../objects/ref.ts";
import { isRestartable } from "../supervise/actor_address.ts";
import type { ActorCell } from "../supervise/actor_cell.ts";
import { cancelSent } from "../transport/link_target.ts";
import type { PeerLink } from "../transport/peer.ts";
import { Bridged } from "../transport/claim_slot.ts";
import { placeOf, ProcessTable } from "../transport/process_table.ts";
import type { DeathNote, ThreadAddress } from "../transport/thread_address.ts";
import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";
import { Frame } from "../wire/frames.ts";
import type { Reader } from "../wire/reader.ts";
import { reportEnd, untilTold } from "./actor_ends.ts";
import { PRIMARY } from "./creation.ts";
import { readCreateBeyond, sendCreateBeyond } from "./beyond.ts";
import { type FarHost, type FarProcess, placeOfMade, startFarProcess } from "./far_host.ts";
import type { ForwardActor } from "./forward_actor.ts";
import type { PassTask } from "./forward_tasks.ts";
import { sourceAt } from "./lending.ts";
import { Membrane, type Place } from "./membrane.ts";
import { type StartedProcess, startProcess } from "./process_start.ts";
import { sendTask } from "./task_frames.ts";
import type { Thread } from "./thread.ts";
import type { WorkerStart } from "./worker_start.ts";

/** Runs a bridge until it is ended. */
export function runBridge(thread: Thread, { link, self, origin, far, id: known }: WorkerStart): void {
  const id = known ?? actorId(origin ?? self.id, PRIMARY);
  const bridge = new Bridge(thread, id, link.peer.id, far);
  thread.membrane = bridge;
  thread.observation.refresh();
  // As in any worker: whoever made it has a handle, before anybody else can give one back.
  thread.holders.change(PRIMARY, link.peer.id, 1);
  thread.begin(link);
  // On a node, the gateway is in the process's first thread, to which whoever made this one introduces it.
  if (far !== undefined) thread.loop.block(() => thread.driverLink !== undefined, Infinity);
  bridge.start({ id, place: `${placeOf(thread.board)}${self.id.toString(16)}.` });
}

/** From so many on, a bridge forgets those of its guests that have ended. */
const MANY_GUESTS = 64;

/** The driver's side of the border. */
class Bridge extends Membrane {
  readonly #actor: ForwardActor;
  #child: StartedProcess | FarProcess | undefined;
  /** The actors whose processes this one's has been told of. */
  readonly #guests = new Map<ActorId, ActorCell>();
  /** When there are so many, those that have ended are forgotten. */
  #mostGuests = MANY_GUESTS;
  readonly #processes: ProcessTable;
  readonly #maker: number;
  readonly #far: FarHost | undefined;
  #isEnding = false;

  constructor(thread: Thread, id: ActorId, maker: number, far: FarHost | undefined) {
    super(thread);
    this.#maker = maker;
    this.#far = far;
    this.#processes = new ProcessTable(thread.board);
    this.#actor = this.forwarder(id, PRIMARY);
    const isThere = far?.wish instanceof Uint8Array;
    if (isThere || (far !== undefined && far.wish.options.lifetime === "detached")) this.#detach();
    thread.host.setPrimary(this.#actor);
  }

  /** The actor goes on without handles, and without this program. */
  #detach(): void {
    this.#actor.terms = { ...this.#actor.terms, isDetached: true };
  }

  /** Starts the process, whose ids begin with `place`; on another machine, if it is to be there, or is there already. */
  start(names: { readonly id: ActorId; readonly place: string }): void {
    try {
      const events = {
        received: (bytes: Uint8Array) => this.#received(bytes),
        ended: (note: DeathNote) => this.#processEnded(note),
        failed: (error: Error) => this.#failed(error),
        shared: () => this.#detach(),
      };
      this.#child = this.#far === undefined
        ? startProcess(names.place, events)
        : startFarProcess(this.thread, this.#far, names, events);
      if (this.#child === undefined) return;
      this.#processes.started(this.thread.self, this.#child.pid);
      this.open(this.#child.stream);
    } catch (error) {
      this.#failed(error);
    }
  }

  #received(bytes: Uint8Array): void {
    if (!this.#isEnding) this.received(bytes);
  }

  #failed(error: unknown): void {
    this.#child = undefined;
    if (error instanceof ActorAlreadyExistsError) {
      // No end: its calls say why it never was.
      this.thread.names.ended(PRIMARY);
      return this.#actor.end(new LazyError(() => error));
    }
    reportEnd(this.thread, this.#actor, error, "its process could not be started:");
  }

  #processEnded(note: DeathNote): void {
    this.#child = undefined;
    this.#processes.ended(this.thread.self);
    if (this.#isEnding) process.exit(0);
    // What it said last counts.
    this.thread.loop.block(() => false, 0);
    this.#exit(note);
  }

  /** Ends this thread, once others have heard why. */
  #exit(note: DeathNote): void {
    untilTold(this.thread);
    this.thread.exit(note);
  }

  /** {@inheritDoc Membrane.task} */
  protected override task(task: Parameters<PassTask>[0]): Ref {
    const { thread, link } = this;
    const source = {
      ...sourceAt(0),
      cancel: (ref: Ref, { recursive }: CancelHow) => cancelSent(link, 0, ref, recursive),
    };
    const ref = new Ref(thread, task.definition.name, source);
    sendTask(thread, link, { ...task, ref });
    return ref;
  }

  /** {@inheritDoc Membrane.introducible} */
  protected override introducible({ address, actorId, hasEnded }: ActorCell): ActorId | undefined {
    const isFar = this.#farChild !== undefined && this.#isFar(address.thread);
    // Whoever restarts an actor says where it is then, and that is not heard in another process.
    return isFar && address.local === PRIMARY && !isRestartable(address) && !hasEnded ? actorId : undefined;
  }

  /** {@inheritDoc Membrane.introduce} */
  protected override introduce(id: ActorId, cell: ActorCell): void {
    if (this.#guests.size >= this.#mostGuests) this.#forgetEnded();
    this.#guests.set(id, cell);
    this.#farChild?.introduce({ key: id, bridge: cell.address.thread });
  }

  #forgetEnded(): void {
    for (const [id, { hasEnded }] of this.#guests) if (hasEnded) this.#guests.delete(id);
    this.#mostGuests = Math.max(MANY_GUESTS, 2 * this.#guests.size);
  }

  /** The process, if it is on a cluster. */
  get #farChild(): FarProcess | undefined {
    return this.#child !== undefined && "introduce" in this.#child ? this.#child : undefined;
  }

  #isFar(thread: ThreadAddress): boolean {
    return this.thread.board.bridgeOf(thread) === Bridged.cluster;
  }

  /** {@inheritDoc Membrane.found} */
  protected override found(id: ActorId): ActorCell | Place | undefined {
    const known = this.#guests.get(id);
    if (known !== undefined) return known;
    // Of this process's, too, that other ones have told this one's of.
    return placeOfMade(this.thread, id);
  }

  /** {@inheritDoc Membrane.create} */
  override create(link: PeerLink, reader: Reader, items: readonly unknown[]): void {
    if (link === this.link) throw new CorruptFrameError("a process that wants an actor of its bridge");
    const { thread } = this;
    const beyond = readCreateBeyond(reader);
    try {
      const args = thread.values.readArgs(link, reader, items);
      const isThere = this.#far?.wish instanceof Uint8Array;
      if (!isThere) sendCreateBeyond(thread, this.link, { ...beyond, fault: undefined }, args);
      this.fault = beyond.fault;
      const { id, shape, settings: { crew, isSerial, maxConcurrency } } = beyond;
      // Those of a concurrency group have a limit of their own.
      if (shape.groups.length === 0) this.#actor.limit = crew?.count ?? maxConcurrency;
      const address = {
        thread: this.link.peer,
        local: PRIMARY,
        ownsThread: false,
        isSerial,
        maxPendingCalls: Infinity,
        id,
      };
      this.connect(this.#actor, thread.cells.of(address, shape));
    } catch (error) {
      if (error instanceof CorruptFrameError) throw error;
      reportEnd(thread, this.#actor, error, "it could not be made:");
    }
  }

  /** {@inheritDoc Membrane.ready} */
  override ready(link: PeerLink): void {
    if (link !== this.link) throw new CorruptFrameError("word of an actor that lives elsewhere");
    const maker = this.thread.peers.find(this.#maker);
    if (maker === undefined) return;
    maker.open(Frame.actorReady).u32(PRIMARY);
    maker.seal();
  }

  /** {@inheritDoc Membrane.ended} */
  override ended(link: PeerLink, reader: Reader): void {
    const { note, error } = this.readEnd(link, reader);
    if (error !== undefined) this.#actor.cell?.break(new LazyError(() => error));
    this.#farChild?.over();
    // In the process they fail for good, though the actor may start again.
    this.#actor.abandon();
    this.#exit(note);
  }

  /** {@inheritDoc Membrane.end} */
  override end(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    if (this.#child === undefined) process.exit(0);
    this.#child.kill();
  }
}

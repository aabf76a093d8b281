/**
 * A thread of the runtime: everything that one thread has, wired together.
 *
 * @module
 */

import { type Clock, systemClock } from "../base/clock.ts";
import type { Schedule } from "../base/schedule.ts";
import { coreCount, deno, process } from "../base/platform.ts";
import { actorId, setPlace } from "../base/ids.ts";
import { CallSites } from "../call/call_site.ts";
import type { Definitions } from "../define/definitions.ts";
import { placeOfModule } from "../define/module_identity.ts";
import { contextOf } from "../exec/call_context.ts";
import { Host } from "../exec/host.ts";
import type { Ref, RefHome } from "../objects/ref.ts";
import type { WaitContext } from "../objects/wait_context.ts";
import type { FailedAttempt } from "../supervise/retries.ts";
import { Board } from "../transport/board.ts";
import { type DeathNote, DRIVER, type ThreadAddress } from "../transport/thread_address.ts";
import { placeOf, placeOnCluster } from "../transport/process_table.ts";
import type { LinkEnd } from "../transport/link_end.ts";
import { Loop } from "../transport/loop.ts";
import type { PeerLink } from "../transport/peer.ts";
import { ActorPlans } from "./actor_plans.ts";
import { Admission } from "./admission.ts";
import { endAll, reportEnd } from "./actor_ends.ts";
import { PRIMARY } from "./creation.ts";
import { Cells } from "./cells.ts";
import { Children } from "./children.ts";
import type { ProgramCluster } from "./cluster_link.ts";
import { deathText } from "./death.ts";
import { DeathWatch } from "./death_watch.ts";
import { Crews } from "./crews.ts";
import { Dispatcher } from "./dispatch.ts";
import { Holders } from "./holders.ts";
import { Lending } from "./lending.ts";
import { lostErrorOf } from "./lost_call.ts";
import type { Membrane } from "./membrane.ts";
import { Modules } from "./modules.ts";
import { Observation } from "./observation.ts";
import { Names } from "./names.ts";
import { Peers } from "./peers.ts";
import { PoolThreads } from "./pool_threads.ts";
import { PooledActors } from "./pooled_actors.ts";
import { endRetired, retireUnheld } from "./retire.ts";
import { Restarts } from "./restarts.ts";
import { Streams } from "./streams.ts";
import { TaskRunner } from "./task_runner.ts";
import { Tasks } from "./tasks.ts";
import { type ThreadStart, totalsOf } from "./thread_start.ts";
import { Unwinding } from "./unwinding.ts";
import { Values } from "./values.ts";

/** One thread's part of the runtime. */
export class Thread implements RefHome {
  readonly board: Board;
  readonly self: ThreadAddress;
  readonly definitions: Definitions;
  clock: Clock;
  readonly schedule: Schedule | undefined;
  readonly callSites: CallSites = new CallSites();
  readonly observation: Observation;
  readonly loop: Loop;
  readonly host: Host;
  readonly peers: Peers;
  readonly names: Names;
  readonly children: Children;
  readonly modules: Modules = new Modules();
  readonly values: Values = new Values(this);
  readonly plans: ActorPlans = new ActorPlans(this);
  readonly cells: Cells;
  readonly lending: Lending = new Lending(this);
  readonly holders: Holders;
  /** The threads that many actors share. */
  readonly pool: PoolThreads;
  /** The actors here, on one of those threads. */
  readonly pooled: PooledActors | undefined;
  readonly restarts: Restarts;
  /** Who waits for resources. */
  readonly admission: Admission;
  readonly tasks: Tasks;
  readonly taskRunner: TaskRunner = new TaskRunner(this);
  readonly streams: Streams = new Streams(this);
  membrane: Membrane | undefined = undefined;
  cluster: ProgramCluster | undefined;
  readonly crews: Crews = new Crews(this);
  /** True in a worker, false in the driver. */
  readonly isWorker: boolean;
  /** Who waits for ends of threads. */
  readonly deathWatch: DeathWatch;
  #lastRef = 0;
  #lastTask = 0;
  /** True once a blocking wait in an async actor was warned of. */
  hasWarned = false;
  /** Told of each attempt of a call that is followed by another one. */
  attempted: (attempt: FailedAttempt) => void = () => {};
  #isClosed = false;
  readonly #unwinding: Unwinding;

  /** @param start How it begins. */
  constructor(start: ThreadStart) {
    const cores = coreCount();
    // With one core, looking would only keep the other side from answering; with a schedule there is no other side.
    const looks = cores > 1 && start.schedule === undefined;
    this.board = new Board(start.worker?.board, looks ? cores : 0);
    setPlace(placeOf(this.board, start.place ?? (start.cluster && placeOnCluster())));
    this.self = start.worker?.self ??
      this.board.claim(undefined, start.place === undefined ? 0 : 1);
    this.definitions = start.definitions;
    this.cluster = start.cluster;
    this.clock = start.clock ?? systemClock;
    this.schedule = start.schedule;
    const [{ board, self }, dispatcher] = [this, new Dispatcher(this)];
    this.#unwinding = new Unwinding(actorId(self.id, PRIMARY));
    this.isWorker = start.worker !== undefined;
    this.observation = new Observation(this);
    this.loop = new Loop(board, self, {
      hasWork: () => this.host.hasWork,
      drain: (link) => dispatcher.drain(link as PeerLink),
      run: () => this.observation.after(this.crews.run()),
      vacant: () => this.crews.vacant(),
      deaths: () => this.#deaths(),
      refuseStopped: () => this.#unwinding.refuse(),
      answered: () => this.host.tick(),
      rested: () => {
        this.callSites.renew();
        this.children.spare.prepare();
      },
      waits: (isWaiting) => this.admission.rest(isWaiting),
      resumed: () => this.host.elapsed(),
      patience: () => this.admission.patience,
    });
    this.deathWatch = new DeathWatch(board, this.loop);
    this.host = new Host({
      thread: self.id,
      nextActor: () => this.pooled?.nextNumber(),
      schedule: () => this.loop.schedule(),
      expectContinuations: () => this.loop.expectContinuations(),
      admit: () => this.loop.admit(),
      busy: board.busySlot(self),
      constructed: (actor) => this.observation.constructed(actor),
      notConstructed: (actor, thrown) => reportEnd(this, actor, thrown),
    });
    this.host.schedule = start.schedule;
    this.peers = new Peers({ board, self, loop: this.loop, sink: dispatcher });
    this.names = new Names(this, start.worker?.names ?? start.namespace ?? crypto.randomUUID());
    this.admission = new Admission(this, totalsOf(start, cores));
    this.children = new Children(board, self, this.peers, this.names.table.memory, this.admission.totals);
    this.cells = new Cells(this);
    this.restarts = new Restarts(this);
    this.holders = new Holders(self.id, this.host, (local) => retireUnheld(this, local));
    this.pool = new PoolThreads(this, this.isWorker ? undefined : start.poolThreads ?? cores);
    this.pooled = this.isWorker && this.pool.table.has(self) ? new PooledActors(this) : undefined;
    this.tasks = new Tasks(this, start.worker === undefined ? start.taskThreads ?? cores : 0);
  }

  // What refs need of their thread.
  get thread(): number {
    return this.self.id;
  }
  get inAsyncMethod(): boolean {
    return this.host.isInAsyncActor;
  }
  nextRef = (): number => ++this.#lastRef;
  /** A number for a task that needs one. */
  nextTask = (): number => ++this.#lastTask;
  wait(change: 1 | -1): void {
    this.loop.wait(change);
  }
  expectContinuations(): void {
    this.loop.expectContinuations();
  }
  pause(): Promise<void> | undefined {
    return this.loop.pause();
  }
  context(): WaitContext | undefined {
    const call = this.host.currentCall();
    return call && contextOf(call);
  }
  caller(): object | undefined {
    return this.host.currentCall();
  }
  passed(): void {
    if (!this.#unwinding.passed()) return;
    if (!this.isWorker || this.board.isAlive(this.self)) return;
    this.#end();
    this.#unwinding.refuse();
  }
  block(done: () => boolean, timeout: number, refs: readonly Ref[]): boolean {
    this.values.refuseWhileBusy();
    this.observation.flush();
    return this.crews.block(done, timeout, refs);
  }
  failureRead = (ref: Ref): void => this.observation.watch.read(ref);

  /** True while a module is being loaded: driver code must not run then. */
  get isLoading(): boolean {
    if (!this.modules.isLoading) return false;
    // A function may run while another one's module is still being loaded, though that was cancelled.
    return this.pooled === undefined ? this.host.calls.get() === undefined : !this.pooled.isInActor;
  }

  /** Loads a module for the classes and functions that it declares. */
  load(module: string): Promise<void> {
    const place = placeOfModule(module);
    const load = (): Promise<unknown> => import(place);
    return this.modules.load(module, () => this.pooled?.outside(load) ?? load());
  }

  /** The link to the driver, in a worker. */
  get driverLink(): PeerLink | undefined {
    return this.peers.find(DRIVER);
  }

  /** Begins to serve, in a worker whose module is loaded. */
  begin(link: LinkEnd): void {
    this.board.begin(this.self);
    if (this.membrane === undefined) this.loop.serveAlways();
    this.peers.add(link);
  }

  /** Writes down why this thread ends. */
  noteEnd(note: DeathNote): void {
    endRetired(this, note);
    this.observation.flush();
    this.loop.flush();
    this.board.markDead(this.self, note);
  }

  /** Ends this thread, a worker. */
  exit(note: DeathNote): void {
    this.noteEnd(note);
    this.#end();
  }

  /**
   * Ends this worker, whose slot is marked dead. On Deno, an exit that meets the `terminate()` of whoever started the worker may
   * leave a thread behind that spins for ever: so there it only comes to rest, and `terminate()` does it.
   */
  #end(): void {
    if (this.membrane !== undefined) return this.membrane.end();
    if (deno === undefined) process.exit(1);
    this.loop.stop();
  }

  /** Ends the thread's part of the runtime; all that is pending rejects, for `reason`. */
  close(reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.names.close();
    this.restarts.own.queue.close();
    this.admission.close();
    this.tasks.close(reason);
    endAll(this, reason);
    for (const link of this.peers.all()) this.#closeLink(link, reason);
    this.deathWatch.close();
    this.observation.close();
    this.loop.close();
    this.board.markDead(this.self, { ending: "shut down", text: "" });
  }

  /** Ends a link whose other end is dead, or talks nonsense. */
  breakLink(link: PeerLink, reason: string): void {
    // First the cells: a call that is held, and let go by what is rejected now, must not go to a closed link.
    this.cells.breakAll(reason, link.peer.id);
    this.#closeLink(link, reason);
    this.peers.forget(link.peer.id);
    this.observation.threadEnded(link.peer.id, reason);
  }

  #deaths(): void {
    // Whoever marked this worker dead wants it to end.
    if (this.isWorker && !this.board.isAlive(this.self)) return this.#end();
    this.crews.deaths();
    for (const link of this.peers.all()) {
      if (this.board.isAlive(link.peer)) continue;
      link.drainLast();
      this.breakLink(link, deathText(this.board.deathNote(link.peer)));
      this.lending.table.forgetHolder(link.peer.id);
      this.holders.forgetHolder(link.peer.id);
    }
    this.restarts.own.deaths();
    this.crews.member?.look();
    this.pooled?.ownersDied();
    this.observation.refresh();
    this.peers.forgetDead();
    this.names.deaths();
    this.children.reap();
    this.admission.deaths();
    this.deathWatch.look();
  }

  #closeLink(link: PeerLink, reason: string): void {
    this.peers.remove(link);
    link.calls.rejectAll((ref) => lostErrorOf(this, ref, reason));
    this.tasks.linkClosed(link);
    this.streams.linkClosed(link);
  }
}

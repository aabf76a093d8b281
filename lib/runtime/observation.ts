/**
 * One thread's part in the events of the program: it tells the driver, and the driver records and hands out.
 *
 * @module
 */

import { ownerOf } from "../call/handle.ts";
import { now } from "../base/clock.ts";
import type { ActorHost } from "../exec/actor_host.ts";
import { Queue } from "../exec/queue.ts";
import { checkNotes, type EventNote } from "../observe/event_note.ts";
import { EventSink } from "../observe/event_sink.ts";
import { EventStream } from "../observe/event_stream.ts";
import type { RayEventType } from "../observe/events.ts";
import { type ActorRecord, MAX_REMEMBERED, Recorder } from "../observe/recorder.ts";
import { isRestartable } from "../supervise/actor_address.ts";
import { ActorCell } from "../supervise/actor_cell.ts";
import { CallWatch } from "../supervise/call_watch.ts";
import type { PeerLink } from "../transport/peer.ts";
import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";
import { Frame } from "../wire/frames.ts";
import type { FaultSettings } from "../wire/fault_settings.ts";
import type { Reader } from "../wire/reader.ts";
import type { ActorSettings } from "./actor_settings.ts";
import { ThreadLoads } from "./thread_loads.ts";
import type { Thread } from "./thread.ts";

/** The events of one thread, and in the driver those of all. */
export class Observation {
  /** Where this thread says what happens in it. */
  readonly events: EventSink;
  /** The calls made here that somebody looks at. */
  readonly watch: CallWatch;
  /** How busy the actors of all threads are. */
  readonly loads: ThreadLoads;
  /** What the driver knows. */
  readonly recorder: Recorder;
  readonly #thread: Thread;
  readonly #streams = new Set<EventStream>();
  /** The number of the newest actor that was made in this thread, and lives in it. */
  #newest = 0;
  /** The driver's own actors up to this number are recorded. */
  #recorded = 0;
  /** Where the actor that is recorded now belongs in the order of all; behind all others unless said. */
  #order: number | undefined = undefined;
  /** Those of the driver's own actors that have ended last, and are not recorded. */
  readonly #ended = new Queue<{ actor: ActorHost; reason: string; time: number }>();
  #batch: EventNote[] = [];
  #keepsTasks = false;

  /** @param thread The thread. */
  constructor(thread: Thread) {
    this.#thread = thread;
    this.events = new EventSink(
      thread.self.id,
      () => thread.nextTask(),
      (note, isUrgent) => this.#take(note, isUrgent),
    );
    this.events.isOn = thread.board.isObserved;
    this.watch = new CallWatch(this.events);
    this.loads = new ThreadLoads(thread);
    this.recorder = new Recorder((event) => {
      for (const stream of this.#streams) stream.push(event);
    }, () => this.#streams.size > 0);
  }

  /** A handle was made here, of an actor that was made so. */
  actorCreated(handle: object, { className, placement, naming }: ActorSettings): void {
    const cell = ownerOf(handle);
    if (!(cell instanceof ActorCell)) return;
    const { address } = cell;
    const isHere = address.thread.id === this.#thread.self.id;
    if (isHere) this.#newest = address.local;
    if (isHere && this.#isRecordedLater(address.local, address.fault)) return;
    this.events.actorCreated({
      actorId: cell.actorId,
      className,
      placement,
      thread: address.thread.id,
      name: naming?.key.name ?? "",
      supervisor: isRestartable(address) ? address.fault!.owner.id : undefined,
    });
  }

  /** An actor of this thread was constructed. */
  constructed(actor: ActorHost): void {
    if (this.#isRecordedLater(actor.local, actor.life.fault)) return;
    if (this.#thread.crews.isSpeaker) this.events.actorAlive(actor.id);
  }

  /** An actor of this thread has ended for good. */
  actorDied(actor: ActorHost, reason: string): void {
    if (this.#isRecordedLater(actor.local, actor.life.fault)) {
      if (this.#thread.names.nameOf(actor.local) === undefined) return this.#remember(actor, reason);
      this.#recordLate(actor);
    }
    this.events.actorDied(actor.id, reason);
  }

  #remember(actor: ActorHost, reason: string): void {
    this.#ended.push({ actor, reason, time: now() });
    if (this.#ended.length > MAX_REMEMBERED) this.#ended.shift();
    this.#thread.admission.desk?.over(actor.id);
  }

  /** The driver: all actors, the oldest first. */
  actors(): ActorRecord[] {
    this.#recordAll();
    return this.recorder.actors();
  }

  /**
   * True for an actor of the driver's own thread while nobody looks: it is recorded when somebody does, or when it ends. There may
   * be very many, and records would take longer than all else that makes them. What may start again is recorded each time.
   */
  #isRecordedLater(local: number, fault: FaultSettings | undefined): boolean {
    return local > this.#recorded && this.#streams.size === 0 && !this.#thread.isWorker &&
      this.recorder.onNote === undefined && !isRestartable({ fault });
  }

  #recordAll(): void {
    this.#recordEnded();
    for (const actor of this.#thread.host.actors()) {
      if (actor.hasEnded || !this.#isRecordedLater(actor.local, actor.life.fault)) continue;
      this.#recordLate(actor);
    }
    this.#recorded = this.#newest;
  }

  #recordEnded(): void {
    for (const { actor, reason, time } of this.#ended.clear()) {
      this.#recordLate(actor);
      this.recorder.take({
        type: "actor-died",
        time,
        thread: this.#thread.self.id,
        actorId: actor.id,
        taskId: "",
        name: "",
        text: reason,
      });
    }
  }

  #recordLate(actor: ActorHost): void {
    const { names, self } = this.#thread;
    const { id, local, terms: { className, placement } } = actor;
    this.#order = local;
    const name = names.nameOf(local) ?? "";
    this.events.actorCreated({
      actorId: id,
      className,
      placement,
      thread: self.id,
      name,
      supervisor: undefined,
    });
    if (actor.isConstructed) this.events.actorAlive(id);
    this.#order = undefined;
  }

  /** Sends what is to be told to the driver; with what the link publishes next, it leaves. */
  flush(): void {
    if (this.#batch.length === 0) return;
    const { driverLink, values } = this.#thread;
    // A getter or hook that ends the thread: what it has not told is lost.
    if (driverLink === undefined || values.isBusy) return;
    const batch = this.#batch;
    this.#batch = [];
    driverLink.open(Frame.events);
    values.finishOne(driverLink, "events", batch);
  }

  /** What a turn has run may have left something to tell. */
  after(isLeft: boolean): boolean {
    this.flush();
    return isLeft;
  }

  /** The driver: a thread tells what has happened in it. A bridge: its process does. */
  told(link: PeerLink, reader: Reader, items: readonly unknown[]): void {
    const { isWorker, membrane, values } = this.#thread;
    if (isWorker && membrane?.link !== link) throw new CorruptFrameError("events are for the driver");
    const notes = checkNotes(values.read(link, reader, items));
    for (const note of notes) {
      if (isWorker) {
        this.#pass(note);
        continue;
      }
      this.#record(note);
      const made = note.actor?.thread;
      // It has ended before whoever made it could tell of it.
      if (made !== undefined && made !== link.peer.id && !this.#isKnown(made)) {
        this.recorder.threadEnded(made, "its thread has ended", note.time);
      }
    }
  }

  /** A thread has ended. */
  threadEnded(thread: number, reason: string): void {
    this.loads.threadEnded(thread);
    if (!this.#thread.isWorker) this.recorder.threadEnded(thread, reason, this.#thread.clock.now());
  }

  /** Copies the board's word into this thread's field. What passes a border is no call of the thread's there. */
  refresh(): void {
    this.events.isOn = this.#thread.membrane === undefined && this.#thread.board.isObserved;
  }

  /** The driver: from now on calls are recorded. */
  keepTasks(): void {
    this.#keepsTasks = true;
    this.#switch();
  }

  /** The driver: another reader of events. */
  open(kinds: ReadonlySet<RayEventType> | undefined, signal: AbortSignal | undefined): EventStream {
    this.#recordAll();
    const abort = (): void => void stream.return();
    const stream = new EventStream(kinds, () => {
      signal?.removeEventListener("abort", abort);
      this.#streams.delete(stream);
      this.#switch();
    });
    this.#streams.add(stream);
    this.#switch();
    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort, { once: true });
    return stream;
  }

  /** The runtime ends. */
  close(): void {
    this.loads.close();
    for (const stream of [...this.#streams]) stream.end();
  }

  /** A bridge: what happens in its process happens in its thread, as others see it. */
  #pass(note: EventNote): void {
    const thread = this.#thread.self.id;
    const actor = note.actor && { ...note.actor, thread, supervisor: undefined };
    this.#take({ ...note, thread, ...actor && { actor } }, false);
  }

  #take(note: EventNote, isUrgent: boolean): void {
    const { isWorker, loop } = this.#thread;
    if (!isWorker) return this.#record(note);
    this.#batch.push(note);
    if (!isUrgent) return loop.schedule();
    this.flush();
    loop.flush();
  }

  #record(note: EventNote): void {
    // Which have ended last is told by the order in which they are recorded.
    if (note.type === "actor-died") this.#recordEnded();
    this.recorder.take(note, this.#order ?? this.#newest + 0.5);
    if (note.type === "actor-died") this.#thread.admission.desk?.over(note.actorId);
  }

  /** Calls are looked at while somebody reads events, and once somebody has asked for tasks. */
  #switch(): void {
    const isOn = this.#keepsTasks || this.#streams.size > 0;
    if (isOn === this.events.isOn) return;
    this.events.isOn = isOn;
    this.#thread.board.setObserved(isOn);
  }

  #isKnown(thread: number): boolean {
    return thread === this.#thread.self.id || this.#thread.peers.find(thread) !== undefined;
  }
}

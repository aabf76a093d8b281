/**
 * Threaded actors as one thread sees them: those it calls, and the one whose thread it is.
 *
 * @module
 */

import { DeadlockError } from "../base/errors.ts";
import { actorId } from "../base/ids.ts";
import type { CallTarget } from "../call/call_target.ts";
import type { ClassShape } from "../define/class_definition.ts";
import { PENDING, type Ref } from "../objects/ref.ts";
import { isCircle, MAX_GROUPS } from "../supervise/crew_circle.ts";
import { CrewTarget } from "../supervise/crew_target.ts";
import {
  type CrewAddress,
  type CrewEnd,
  CrewMemory,
  makeCrewMemory,
  readCrew,
  writeCrew,
} from "../transport/crew_memory.ts";
import { LinkTarget } from "../transport/link_target.ts";
import type { PeerLink } from "../transport/peer.ts";
import { SharedMemory } from "../transport/shared_memory.ts";
import type { Activity, ThreadAddress } from "../transport/thread_address.ts";
import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";
import { Frame } from "../wire/frames.ts";
import type { Reader } from "../wire/reader.ts";
import { PRIMARY } from "./creation.ts";
import type { NewWorker } from "./children.ts";
import { CrewMember } from "./crew_member.ts";
import type { CrewPlan } from "./crew_plan.ts";
import { deathText } from "./death.ts";
import { endCrew } from "./retire.ts";
import { SharedFields } from "./shared_fields.ts";
import type { Thread } from "./thread.ts";
import type { WorkerDetails } from "./worker_start.ts";

/** The crews of one thread. */
export class Crews {
  /** This thread's part in the crew whose thread it is. */
  member: CrewMember | undefined = undefined;
  /** That crew. */
  crew: CrewAddress | undefined = undefined;
  /** The shared accessors of this thread's actors. */
  readonly fields: SharedFields;
  readonly #thread: Thread;
  /** Where calls wait. */
  readonly #waiting = new Set<CrewTarget>();
  readonly #alive = new Set<CrewAddress>();

  /** @param thread The thread. */
  constructor(thread: Thread) {
    this.#thread = thread;
    this.fields = new SharedFields(thread);
  }

  /** The workers of a new crew, each of which loads `module` and knows of the others. `details` are those of each. */
  make(module: string, { count, starts, fields }: CrewPlan, details: WorkerDetails): {
    workers: NewWorker[];
    crew: CrewAddress;
  } {
    const { children } = this.#thread;
    const workers: NewWorker[] = [];
    try {
      while (workers.length < count) workers.push(children.make(module, details));
    } catch (error) {
      for (const worker of workers) worker.discard();
      throw error;
    }
    const crew = {
      members: workers.map(({ address }) => address),
      starts,
      memory: makeCrewMemory(count),
    };
    const memory = SharedMemory.make(fields, count);
    // All of them are one actor; one that has an id already was told it.
    const origin = details.id === undefined ? details.origin ?? crew.members[0].id : 0;
    workers.forEach(({ link }, index) => {
      const out = link.open(Frame.join);
      out.u32(index);
      out.u32(origin);
      writeCrew(out, crew, 0);
      link.seal([crew.memory, ...memory]);
    });
    return { workers, crew };
  }

  /** This thread's actor is one of a crew. */
  join(reader: Reader, items: readonly unknown[]): void {
    const { board, host, self } = this.#thread;
    const index = reader.u32();
    const origin = reader.u32();
    const crew = readCrew(reader, (at) => items[at]);
    const actor = host.find(PRIMARY);
    if (actor === undefined || this.member !== undefined || crew.members[index]?.id !== self.id) {
      throw new CorruptFrameError("a crew that this thread is not of");
    }
    const memory = new CrewMemory(board, self, crew);
    this.member = new CrewMember(memory, index, actor, (end) => endCrew(this.#thread, actor, end));
    this.fields.join(new SharedMemory(board, crew.members, index, items.slice(1)));
    this.#alive.add(crew);
    this.crew = crew;
    if (origin !== 0) actor.ownLife.id = actorId(origin, PRIMARY);
  }

  /** A call of a crew has come, to this thread. */
  called(): void {
    if (this.member === undefined) {
      throw new CorruptFrameError("a call for a crew that this thread is not of");
    }
    this.member.begin();
  }

  /** Where calls of a crew go; `undefined` if it has ended. */
  targetOf(crew: CrewAddress, shape: ClassShape): CrewTarget | undefined {
    const { board, self, values } = this.#thread;
    if (crew.starts.length !== shape.groups.length + 1) throw new CorruptFrameError("a crew of other groups");
    const members: CallTarget[] = [];
    for (const address of crew.members) {
      const member = this.#memberTarget(address);
      if (member === undefined) return undefined;
      members.push(member);
    }
    const copy = (args: readonly unknown[]): readonly unknown[] => values.copy(args, "args");
    const target = new CrewTarget(new CrewMemory(board, self, crew), members, shape, copy, this.#waiting);
    this.#alive.add(crew);
    return target;
  }

  #memberTarget(address: ThreadAddress): CallTarget | undefined {
    const { host, peers, self, values } = this.#thread;
    if (address.id === self.id) {
      const actor = host.find(PRIMARY);
      if (actor === undefined) return undefined;
      const target = this.#thread.cells.targetHere(actor);
      return {
        send: (method, settings, args, ref) => {
          target.send(method, settings, args, ref);
          this.called();
        },
        cancel: (ref, recursive) => target.cancel(ref, recursive),
      };
    }
    const link = peers.connect(address);
    return link && new MemberTarget(link, new LinkTarget(link, values, PRIMARY, Frame.crewCall));
  }

  /** Runs what is ready: the call that this thread was taken for may have ended then. */
  run(): boolean {
    const more = this.#thread.host.run();
    this.member?.rest();
    return more;
  }

  /** A thread of some crew is free, or the crew ends. */
  vacant(): void {
    const { member } = this;
    // First: what is sent now may be a call that blocks, and looks who does.
    member?.memory.block(member.index, 0);
    for (const target of this.#waiting) target.serve();
    member?.leave();
  }

  /** Ends a crew in order: what runs on its threads comes to its end first, what waits and what comes later is refused. */
  retire(crew: CrewAddress, end: CrewEnd): void {
    const { board, self } = this.#thread;
    if (!new CrewMemory(board, self, crew).finish(end)) return;
    board.markDead(crew.members[0], { ending: "ended", text: end });
  }

  /**
   * Blocks the thread until `done()`: see `Loop.block`. It waits for these refs. Throws `DeadlockError` if they are calls of the actor
   * whose thread this is, and all of its threads that could run them block in this way.
   */
  block(done: () => boolean, timeout: number, refs: readonly Ref[]): boolean {
    const { crew, member } = this;
    const { restarts } = this.#thread;
    // One that gives up by itself lets the others go on.
    if (crew === undefined || member === undefined || timeout !== Infinity) {
      return restarts.block(done, timeout);
    }
    try {
      return restarts.block(() => done() || this.#refuseCircle(crew, member, refs), timeout);
    } finally {
      member.memory.block(member.index, 0);
    }
  }

  #refuseCircle({ starts }: CrewAddress, { index, memory }: CrewMember, refs: readonly Ref[]): false {
    const pending = refs.filter((ref) => ref.status === PENDING);
    const groups = this.#groupsOf(pending, memory);
    memory.block(index, groups);
    if (groups === 0 || !isCircle(starts, memory.blocked(), groups)) return false;
    throw new DeadlockError(
      `Cannot block on "${
        pending[0].taskName
      }": it waits for a free thread of this actor, all of which block on calls of its own; ` +
        `give it more threads ("maxConcurrency"), or do not wait for it here`,
    );
  }

  /** The groups, a bit each, in which all of these calls wait; 0 if one does not wait for a thread of that crew. */
  #groupsOf(refs: readonly Ref[], crew: CrewMemory): number {
    let groups = 0;
    for (const ref of refs) {
      const call = ref.source?.whole ?? ref;
      let group = -1;
      for (const target of this.#waiting) group = Math.max(group, target.groupOf(call, crew));
      if (group < 0 || group >= MAX_GROUPS) return 0;
      groups |= 1 << group;
    }
    return groups;
  }

  /** Some thread has died: a crew that has lost one ends as a whole, and each of its threads for the same reason. */
  deaths(): void {
    const { board, peers } = this.#thread;
    for (const crew of this.#alive) {
      const notes = crew.members.filter((member) => !board.isAlive(member)).map((member) =>
        board.deathNote(member)
      );
      if (notes.length === 0) continue;
      this.#alive.delete(crew);
      const first = notes.find(({ ending }) => ending !== "crew ended") ?? notes[0];
      const note = { ending: "crew ended", text: deathText(first) } as const;
      for (const member of crew.members) board.markDead(member, note);
      // Before anyone's end counts: one of them may have said why, in more words than a note has.
      for (const { id } of crew.members) peers.find(id)?.drainLast();
    }
  }

  /** True for one thread of a threaded actor, and for the threads of all others: it speaks for the actor. */
  get isSpeaker(): boolean {
    return this.crew === undefined || this.crew.members[0].id === this.#thread.self.id;
  }

  /** What a crew is doing: the call that has been running longest. */
  activity({ members }: CrewAddress): Activity {
    const activities = members.map((member) => this.#thread.board.activity(member));
    const busy = activities.filter(({ actor }) => actor === PRIMARY).sort((a, b) => a.since - b.since);
    const running = activities.reduce((sum, activity) => sum + activity.running, 0);
    const [longest = activities[0]] = busy;
    return { ...longest, running: running + Math.max(0, busy.length - 1) };
  }
}

/** Sends to one thread of a crew. */
class MemberTarget implements CallTarget {
  readonly #link: PeerLink;
  readonly #target: LinkTarget;

  constructor(link: PeerLink, target: LinkTarget) {
    this.#link = link;
    this.#target = target;
  }

  /** {@inheritDoc CallTarget.send} */
  send(...call: Parameters<CallTarget["send"]>): void {
    this.#target.send(...call);
    // The thread is taken: nobody else can use it until it has the call, however long this turn goes on.
    this.#link.flush();
  }

  /** {@inheritDoc CallTarget.cancel} */
  cancel(...call: Parameters<CallTarget["cancel"]>): void {
    this.#target.cancel(...call);
  }
}

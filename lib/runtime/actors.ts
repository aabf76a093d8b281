/**
 * How actors begin and end.
 *
 * @module
 */

import { ActorDiedError } from "../base/actor_errors.ts";
import { type ActorId, actorId } from "../base/ids.ts";
import { describeThrown } from "../base/task_error.ts";
import { ownerOf } from "../call/handle.ts";
import { ASYNC_CONCURRENCY, type ClassDefinition } from "../define/class_definition.ts";
import type { ActorOptions, Placement } from "../define/options.ts";
import type { ActorHost } from "../exec/actor_host.ts";
import { FAILED, PENDING, READY, Ref, type RefObserver } from "../objects/ref.ts";
import { type ActorAddress, ActorCell, threadsOf } from "../supervise/actor_cell.ts";
import type { PeerLink } from "../transport/peer.ts";
import { Frame } from "../wire/frames.ts";
import { sendCreateBeyond } from "./beyond.ts";
import type { Thread } from "./thread.ts";

/** The number that an actor has in a thread made for it. */
export const PRIMARY = 1;

/** What options say of one actor, with the defaults filled in. */
export interface ActorSettings {
  readonly maxConcurrency: number;
  readonly isSerial: boolean;
  readonly maxPendingCalls: number;
  /** The threads of its default group, if it has one of its own. */
  readonly threads: number;
}

/** Makes an actor; returns its handle at once. */
export function createActor(
  thread: Thread,
  definition: ClassDefinition,
  options: ActorOptions,
  args: unknown[],
): object {
  const merged = { ...definition.options, ...options };
  const limit = merged.maxConcurrency ?? (definition.isAsync ? ASYNC_CONCURRENCY : 1);
  const settings: ActorSettings = {
    maxConcurrency: definition.isAsync ? limit : 1,
    isSerial: !definition.isAsync && limit === 1,
    maxPendingCalls: merged.maxPendingCalls ?? Infinity,
    threads: definition.isAsync ? 1 : limit,
  };
  if (merged.placement === "process" && settings.threads > 1) {
    throw new RangeError(
      `Cannot make an actor of class "${definition.shape.name}" in a process with "maxConcurrency" ${limit}: it has no async ` +
        `method, and threaded actors run on threads of this process, use placement "thread"`,
    );
  }
  const handle = place(thread, merged.placement, definition, settings, args);
  thread.pooled?.own(handle);
  return handle;
}

function place(
  thread: Thread,
  placement: Placement | undefined,
  definition: ClassDefinition,
  settings: ActorSettings,
  args: unknown[],
): object {
  switch (thread.schedule === undefined ? placement : "inline") {
    case "inline":
      return createInline(thread, definition, settings, args);
    case "pool":
      return thread.pool.create(definition, settings, args) ??
        createInline(thread, definition, settings, args);
    default:
      return createOnThread(thread, definition, settings, args, { isBridge: placement === "process" });
  }
}

function createInline(
  thread: Thread,
  definition: ClassDefinition,
  { maxConcurrency, isSerial, maxPendingCalls }: ActorSettings,
  args: unknown[],
): object {
  const copies = thread.values.copyArgs(args);
  const local = thread.host.nextActor();
  const actor = thread.host.expect(actorId(thread.self.id, local), local);
  actor.maxPendingCalls = maxPendingCalls;
  const address: ActorAddress = { thread: thread.self, local, ownsThread: false, isSerial, maxPendingCalls };
  const cell = thread.cells.of(address, definition.shape);
  thread.cells.count(cell);
  thread.holders.change(local, thread.self.id, 1);
  whenReady(copies, {
    ready: (values) => {
      // Values of refs are everybody's; the actor's are its own.
      const own = copies.some((arg) => arg instanceof Ref) ? thread.values.copy(values, "args") : values;
      thread.host.construct(
        actor,
        definition,
        maxConcurrency,
        own,
        (error) => reportEnd(thread, actor, error),
      );
    },
    failed: (error) => reportEnd(thread, actor, error, "an argument of its constructor failed:"),
  });
  return thread.cells.handleOf(cell);
}

/** Makes an actor on a thread of its own, or beyond a bridge; `id` if it has one already. */
export function createOnThread(
  thread: Thread,
  definition: ClassDefinition | Pick<ClassDefinition, "module" | "shape">,
  settings: ActorSettings,
  args: unknown[],
  { id, isBridge }: { id?: ActorId; isBridge: boolean },
): object {
  const { isSerial, threads } = settings;
  const isCrew = threads > 1 && "cls" in definition;
  // Each thread of a crew gets copies of the same arguments; what is moved is moved once.
  const given = isCrew ? thread.values.copyArgs(args) : args;
  const { workers, crew } = isCrew
    ? thread.crews.make(definition, threads)
    : { workers: [thread.children.make(definition.module, { id, isBridge })] };
  const address: ActorAddress = {
    thread: workers[0].address,
    local: PRIMARY,
    ownsThread: true,
    isSerial,
    // In another process than the actor's maker, what counts has been counted there.
    maxPendingCalls: id === undefined ? settings.maxPendingCalls : Infinity,
    id,
    crew,
  };
  const send = (values: readonly unknown[]): void => {
    if (isBridge) {
      sendCreateBeyond(thread, workers[0].link, {
        id: actorId(address.thread.id, PRIMARY),
        settings,
        ...definition,
      }, values);
    } else for (const { link } of workers) sendCreate(thread, link, definition, settings, values);
  };
  const fail = (error: unknown): void => {
    for (const { link } of workers) sendCreateFailed(thread, link, error);
  };
  try {
    const isComplete = given.every((arg) => !(arg instanceof Ref) || arg.status === READY);
    if (isComplete) send(given.map((arg) => arg instanceof Ref ? arg.value : arg));
    else {
      whenReady(isCrew ? given : thread.values.copyArgs(args), {
        ready: (values) => {
          try {
            send(values);
          } catch (error) {
            fail(error);
          }
        },
        failed: fail,
      });
    }
    for (const worker of workers) worker.start();
  } catch (error) {
    for (const worker of workers) worker.discard();
    throw error;
  }
  const cell = thread.cells.of(address, definition.shape);
  thread.cells.count(cell);
  return thread.cells.handleOf(cell);
}

function sendCreate(
  thread: Thread,
  link: PeerLink,
  { module, shape }: Pick<ClassDefinition, "module" | "shape">,
  { maxConcurrency, maxPendingCalls }: ActorSettings,
  args: readonly unknown[],
): void {
  if (link.isClosed) return;
  const out = link.open(Frame.create);
  out.u32(PRIMARY);
  out.string(module);
  out.string(shape.name);
  out.u32(maxConcurrency);
  out.f64(maxPendingCalls);
  out.varint(args.length);
  thread.values.finish(link, "args", args);
}

function sendCreateFailed(thread: Thread, link: PeerLink, cause: unknown): void {
  if (link.isClosed) return;
  link.open(Frame.createFailed).u32(PRIMARY);
  thread.values.finishThrown(link, cause);
}

/** Calls `ready` with the values once all refs among `args` have one, or `failed` with the first error. */
export function whenReady(
  args: unknown[],
  then: { ready: (values: unknown[]) => void; failed: (error: unknown) => void },
): void {
  const pending = args.filter((arg): arg is Ref => arg instanceof Ref && arg.status === PENDING);
  let missing = pending.length;
  let isOver = false;
  const check = (): void => {
    if (isOver) return;
    const failed = args.find((arg) => arg instanceof Ref && arg.status === FAILED) as Ref | undefined;
    if (failed === undefined && missing > 0) return;
    isOver = true;
    if (failed !== undefined) return then.failed(failed.value);
    then.ready(args.map((arg) => arg instanceof Ref ? arg.value : arg));
  };
  const observer: RefObserver = {
    settled() {
      missing--;
      check();
    },
  };
  for (const ref of pending) ref.observe(observer);
  check();
}

/** An actor of this thread could not be made: `cause` is why, in step `step`. Its thread ends, if it was made for it. */
export function reportEnd(
  thread: Thread,
  actor: ActorHost,
  cause: unknown,
  step = "its constructor threw",
): void {
  const text = `${step} ${describeThrown(cause)}`;
  endActor(thread, actor, text, { cause });
  if (!thread.host.isPrimary(actor)) return;
  thread.exit({ ending: "not made", text });
}

/** Ends an actor of this thread, and tells all threads with a link to this one. */
export function endActor(thread: Thread, actor: ActorHost, reason: string, options: ErrorOptions = {}): void {
  const id = actor.id;
  const error = new ActorDiedError(`Cannot call ${id}: it has died, ${reason}`, { actorId: id, ...options });
  const isFirst = actor.deathError === undefined;
  actor.end(error);
  thread.holders.forget(actor.local);
  if (isFirst) thread.pooled?.ended(actor);
  if (!("cause" in options)) thread.host.forget(actor);
  thread.cells.ended(thread.self.id, actor.local, error);
  for (const link of thread.peers.all()) {
    link.open(Frame.actorEnded).u32(actor.local);
    thread.values.finishThrown(link, error);
  }
}

/** Tells a thread of the end of an actor of this one, which it did not know of, and may wait for. */
export function sayEnded(thread: Thread, link: PeerLink, local: number, reason = ""): void {
  const id = actorId(thread.self.id, local);
  const error = new ActorDiedError(`Cannot call ${id}: it has died${reason}`, { actorId: id });
  link.open(Frame.actorEnded).u32(local);
  thread.values.finishThrown(link, error);
}

/** Ends an actor, wherever it lives; fulfilled when it has ended. Throws at once if `handle` is none. */
export function killActor(thread: Thread, handle: unknown): Promise<void> {
  const cell = ownerOf(handle);
  if (!(cell instanceof ActorCell)) {
    throw new TypeError(
      `Cannot kill ${typeof handle === "object" ? "this object" : String(handle)}: it is no actor handle`,
    );
  }
  return kill(thread, cell);
}

/** The same with the actor's cell, for who does not wait for the end. */
export function killCell(thread: Thread, cell: ActorCell): void {
  void kill(thread, cell);
}

async function kill(thread: Thread, cell: ActorCell): Promise<void> {
  const { address } = cell;
  const actor = address.thread.id === thread.self.id ? thread.host.find(address.local) : undefined;
  if (address.ownsThread) {
    const threads = threadsOf(address);
    for (const one of threads) thread.board.markDead(one, { ending: "killed", text: "" });
    thread.loop.schedule();
    await Promise.all(threads.map((one) => thread.untilGone(one)));
  } else if (actor !== undefined) endActor(thread, actor, "it was killed");
  else if (cell.deathError === undefined) {
    const link = thread.peers.find(address.thread.id);
    if (link === undefined) return;
    const ended = new Promise<void>((resolve) => cell.onBroken.push(resolve));
    link.open(Frame.kill).u32(address.local);
    link.seal();
    thread.wait(1);
    await ended;
    thread.wait(-1);
  }
}

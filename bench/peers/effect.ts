/**
 * effect: a fiber and a `Queue` for an actor, a `Deferred` for an answer.
 *
 * @module
 */

import { jobs } from "../rows/jobs.ts";
import type { CallPeer, SendPeer } from "../rows/peer.ts";
import { Inbox } from "../savina/inbox.ts";
import { behaviours } from "../savina/programs.ts";
import type { ActorSystem, Address, Receive } from "../savina/system.ts";
import { load } from "./load.ts";

type Message = Parameters<Receive>;

/** Only what is passed on from one function of the package to another. */
type Opaque = object;

interface EffectPackage {
  Effect: {
    runSync<T>(effect: Opaque): T;
    runFork(effect: Opaque): Opaque;
    runPromise<T>(effect: Opaque): Promise<T>;
    map<T>(effect: Opaque, step: (value: T) => void): Opaque;
    forever(effect: Opaque): Opaque;
    succeed(value: unknown): Opaque;
  };
  Queue: {
    unbounded(): Opaque;
    take(queue: Opaque): Opaque;
    offerUnsafe(queue: Opaque, message: unknown): boolean;
    shutdownUnsafe(queue: Opaque): boolean;
  };
  Deferred: {
    makeUnsafe(): Opaque;
    await(deferred: Opaque): Opaque;
    doneUnsafe(deferred: Opaque, effect: Opaque): boolean;
  };
}

/** A queue, and a fiber that does something with all that comes. */
function queueOf<T>({ Effect, Queue }: EffectPackage, take: (message: T) => void): Opaque {
  const queue = Effect.runSync<Opaque>(Queue.unbounded());
  Effect.runFork(Effect.forever(Effect.map(Queue.take(queue), take)));
  return queue;
}

/** A system that runs behaviours. */
export async function openEffectSystem(): Promise<ActorSystem> {
  const effect = await load<EffectPackage>("effect");
  const { offerUnsafe, shutdownUnsafe } = effect.Queue;
  const inbox = new Inbox();
  const actorOf = (receive: Receive): Address => queueOf<Message>(effect, (message) => receive(...message));
  const send = (to: Address, ...message: Message): void => void offerUnsafe(to, message);
  const spawn = (behaviour: string, value: number, address?: Address): Address => {
    const context = {
      self: inbox as Address,
      spawn,
      send,
      stop: () => void shutdownUnsafe(context.self),
    };
    return context.self = actorOf(behaviours[behaviour](context, value, address!));
  };
  return {
    self: actorOf((_tag, value) => inbox.put(value)),
    spawn,
    send,
    stop: () => {},
    next: () => inbox.next(),
    close: () => Promise.resolve(),
  };
}

/** An actor that answers. */
export async function openEffectAsk(): Promise<CallPeer & SendPeer> {
  const effect = await load<EffectPackage>("effect");
  const { Deferred, Effect, Queue } = effect;
  const ask = (job: (value: number) => unknown): (value: number) => Promise<number> => {
    const queue = queueOf<{ value: number; answer: Opaque }>(
      effect,
      ({ value, answer }) => {
        Deferred.doneUnsafe(answer, Effect.succeed(job(value)));
      },
    );
    return (value) => {
      const answer = Deferred.makeUnsafe();
      Queue.offerUnsafe(queue, { value, answer });
      return Effect.runPromise(Deferred.await(answer));
    };
  };
  return {
    call: ask(jobs.same),
    send: ask(jobs.count),
    close: () => Promise.resolve(),
  };
}

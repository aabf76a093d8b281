/**
 * xstate: actors from transitions. A message is taken before `send` returns, but for those that an actor sends while it works,
 * so these rows are synchronous: there is no mailbox to wait in.
 *
 * @module
 */

import { jobs } from "../rows/jobs.ts";
import type { CallPeer, SendPeer } from "../rows/peer.ts";
import { Inbox } from "../savina/inbox.ts";
import { behaviours } from "../savina/programs.ts";
import type { ActorSystem, Address, Receive } from "../savina/system.ts";
import { load } from "./load.ts";

interface Event {
  type: string;
  value: number;
  address?: Address;
}

interface XstateActor<State> {
  start(): this;
  stop(): this;
  send(event: Event): void;
  getSnapshot(): { context: State };
}

interface Xstate {
  createActor<State>(logic: { state: State }): XstateActor<State>;
  fromTransition<State>(transition: (state: State, event: Event) => State, state: State): { state: State };
}

/** A system that runs behaviours. */
export async function openXstateSystem(): Promise<ActorSystem> {
  const { createActor, fromTransition } = await load<Xstate>("xstate");
  const inbox = new Inbox();
  const actorOf = (receive: Receive): XstateActor<number> =>
    createActor(fromTransition((state: number, { type, value, address }) => {
      // Stopping one is a message too.
      if (type !== "xstate.stop") receive(type, value, address);
      return state;
    }, 0)).start();
  const send = (
    to: Address,
    type: string,
    value: number,
    address?: Address,
  ): void => (to as XstateActor<number>).send({ type, value, address });
  const spawn = (behaviour: string, value: number, address?: Address): Address => {
    const context = {
      self: inbox as Address,
      spawn,
      send,
      stop: () => void (context.self as XstateActor<number>).stop(),
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

/** An actor whose state is its last answer. */
export async function openXstateAsk(): Promise<CallPeer & SendPeer> {
  const { createActor, fromTransition } = await load<Xstate>("xstate");
  const ask = (job: (value: number) => unknown): (value: number) => number => {
    const actor = createActor(fromTransition((_state: number, { value }) => job(value) as number, 0)).start();
    return (value) => {
      actor.send({ type: "ask", value });
      return actor.getSnapshot().context;
    };
  };
  return {
    call: ask(jobs.same),
    send: ask(jobs.count),
    close: () => Promise.resolve(),
  };
}

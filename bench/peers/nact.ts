/**
 * nact: actors in one thread that take their messages by `setImmediate`.
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

interface Nact {
  start(): Address;
  stop(actor: Address): void;
  /** An actor whose function returns its next state; one without a state is stopped. */
  spawn<T>(parent: Address, receive: (state: unknown, message: T) => unknown): Address;
  dispatch(actor: Address, message: unknown): void;
  query(actor: Address, message: (from: Address) => unknown, timeout: number): Promise<number>;
}

const TIMEOUT = 60_000;
const ALIVE = true;

/** A system that runs behaviours. */
export async function openNactSystem(): Promise<ActorSystem> {
  const nact = await load<Nact>("nact");
  const root = nact.start();
  const inbox = new Inbox();
  const actorOf = (receive: Receive): Address =>
    nact.spawn<Message>(root, (_state, message) => {
      receive(...message);
      return ALIVE;
    });
  const send = (to: Address, ...message: Message): void => nact.dispatch(to, message);
  const spawn = (behaviour: string, value: number, address?: Address): Address => {
    const context = {
      self: root,
      spawn,
      send,
      stop: () => nact.stop(context.self),
    };
    return context.self = actorOf(behaviours[behaviour](context, value, address!));
  };
  return {
    self: actorOf((_tag, value) => inbox.put(value)),
    spawn,
    send,
    stop: () => {},
    next: () => inbox.next(),
    close: () => Promise.resolve(nact.stop(root)),
  };
}

/** An actor that answers. */
export async function openNactAsk(): Promise<CallPeer & SendPeer> {
  const nact = await load<Nact>("nact");
  const root = nact.start();
  const actorOf = (job: (value: number) => unknown): Address =>
    nact.spawn<{ value: number; from: Address }>(
      root,
      (_state, { value, from }) => {
        nact.dispatch(from, job(value));
        return ALIVE;
      },
    );
  const ask = (actor: Address) => (value: number): Promise<number> =>
    nact.query(actor, (from) => ({ value, from }), TIMEOUT);
  return {
    call: ask(actorOf(jobs.same)),
    send: ask(actorOf(jobs.count)),
    close: () => Promise.resolve(nact.stop(root)),
  };
}

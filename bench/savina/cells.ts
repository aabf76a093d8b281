/**
 * Manta's rows: one class of actors, whose behaviour its constructor is told. Messages are calls whose results nobody reads.
 *
 * @module
 */

import { Actor, type ActorHandle, type Placement, remote, runtimeContext, shutdown } from "../../mod.ts";
import { Inbox } from "./inbox.ts";
import { behaviours } from "./programs.ts";
import type { ActorSystem, Address, Context, Receive } from "./system.ts";

type CellHandle = ActorHandle<Cell>;

@remote
class Cell extends Actor {
  readonly #receive: Receive;

  constructor(placement: Placement, behaviour: string, value: number, address: Address) {
    super();
    this.#receive = behaviours[behaviour](new CellContext(placement), value, address);
  }

  receive(tag: string, value: number, address?: Address): void {
    this.#receive(tag, value, address);
  }
}

const inbox = new Inbox();

@remote({ placement: "inline" })
class Driver extends Actor {
  receive(_tag: string, value: number): void {
    inbox.put(value);
  }
}

class CellContext implements Context {
  readonly #placement: Placement;
  #self: Address | undefined;

  constructor(placement: Placement, self?: Address) {
    this.#placement = placement;
    this.#self = self;
  }

  get self(): Address {
    return this.#self ??= runtimeContext().currentActor!;
  }

  spawn(behaviour: string, value: number, address: Address): Address {
    return classOf(this.#placement).remote(this.#placement, behaviour, value, address);
  }

  send(to: Address, tag: string, value: number, address?: Address): void {
    const { receive } = to as CellHandle;
    if (address === undefined) receive.remote(tag, value);
    else receive.remote(tag, value, address);
  }

  /** An actor ends when nobody has its handle any more. */
  stop(): void {}
}

const classes = new Map<Placement, ReturnType<typeof placed>>();

function placed(placement: Placement) {
  return Cell.options({ placement });
}

function classOf(placement: Placement): ReturnType<typeof placed> {
  let found = classes.get(placement);
  if (found === undefined) classes.set(placement, found = placed(placement));
  return found;
}

/** A driver keeps what it has spawned: its actors would end with their last handle, and what they owe would never come. */
class DriverContext extends CellContext {
  readonly #spawned: Address[] = [];

  override spawn(behaviour: string, value: number, address: Address): Address {
    const spawned = super.spawn(behaviour, value, address);
    this.#spawned.push(spawned);
    return spawned;
  }
}

/** A system whose actors are placed so. */
export function openCells(placement: Placement): () => Promise<ActorSystem> {
  return () => {
    const driver = new DriverContext(placement, Driver.remote());
    return Promise.resolve(Object.assign(driver, { next: () => inbox.next(), close: shutdown }));
  };
}

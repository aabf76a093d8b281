/**
 * What the Savina programs need of whoever runs their actors: addresses, messages of one shape, and something that spawns.
 *
 * @module
 */

/** An actor's address: only the system that made it knows what it is. */
export type Address = object;

/** What an actor does with a message. */
export type Receive = (tag: string, value: number, address?: Address) => void;

/** What an actor can do. */
export interface Context {
  /** Its own address. */
  readonly self: Address;
  /** Makes another, by the name of its behaviour. */
  spawn(behaviour: string, value: number, address?: Address): Address;
  /** Sends a message: those of one sender to one actor arrive in their order. */
  send(to: Address, tag: string, value: number, address?: Address): void;
  /** Ends it; the last thing that it does. */
  stop(): void;
}

/** Makes an actor's state. */
export type Behaviour = (context: Context, value: number, address: Address) => Receive;

/** Runs actors. Its `self` is the driver, which waits for messages with `next()`. */
export interface ActorSystem extends Context {
  /** The value of the next message to the driver. */
  next(): Promise<number>;
  /** Ends all. */
  close(): Promise<void>;
}

/** A program. */
export interface Program {
  /** Its name. */
  readonly name: string;
  /** How much of it. */
  readonly size: number;
  /** Behaviours by name; names are unique over all programs. */
  readonly behaviours: Readonly<Record<string, Behaviour>>;
  /** Starts it. */
  start(driver: Context, size: number): void;
  /** The value of the message that the driver gets at the end. */
  expected(size: number): number;
}

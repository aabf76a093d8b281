/**
 * What holds the value of a shared accessor: memory that the threads of an actor share, a copy in an actor of one thread, the
 * value itself in an object that is no actor.
 *
 * @module
 */

import { DeadlockError } from "../base/errors.ts";
import type { SharedField, SharedMember } from "../define/definitions.ts";
import type { ActorHost } from "../exec/actor_host.ts";
import type { SharedMemory } from "../transport/shared_memory.ts";
import { SharedSlot } from "../transport/shared_slot.ts";
import { SharedCodec } from "./shared_codec.ts";
import type { Thread } from "./thread.ts";

function nestedUpdate(name: string): DeadlockError {
  return new DeadlockError(
    `Cannot update shared accessor "${name}": this thread is updating it already, use the value that "update" is given`,
  );
}

/** The value of an object that is no actor: as any other accessor's. */
export class PlainField implements SharedField {
  readonly #name: string;
  #value: unknown;
  #isUpdating = false;

  /**
   * @param name The accessor's name.
   * @param value Its first value.
   */
  constructor(name: string, value: unknown) {
    this.#name = name;
    this.#value = value;
  }

  get(): unknown {
    return this.#value;
  }
  set(value: unknown): void {
    this.#value = value;
  }
  update(update: (old: unknown) => unknown): unknown {
    if (this.#isUpdating) throw nestedUpdate(this.#name);
    this.#isUpdating = true;
    try {
      const value = update(this.get());
      this.set(value);
      return value;
    } finally {
      this.#isUpdating = false;
    }
  }
}

/** The value in an actor of one thread: copied in and out, as between threads. */
class CopiedField extends PlainField {
  readonly #accessor: string;
  readonly #codec: SharedCodec;

  constructor(name: string, value: unknown, codec: SharedCodec) {
    super(name, undefined);
    this.#accessor = name;
    this.#codec = codec;
    this.set(value);
  }

  override get(): unknown {
    const value = super.get();
    return value instanceof Uint8Array ? this.#codec.decode(this.#accessor, value) : value;
  }
  override set(value: unknown): void {
    const isPrimitive = value === null || typeof value !== "object" && typeof value !== "function" &&
        typeof value !== "symbol";
    super.set(isPrimitive ? value : this.#codec.encode(this.#accessor, value).slice());
  }
}

/** The value in an actor of several threads. */
class CrewField implements SharedField {
  readonly #slot: SharedSlot;
  readonly #name: string;

  constructor(slot: SharedSlot, name: string, value: unknown) {
    this.#slot = slot;
    this.#name = name;
    // The first thread's value counts.
    if (slot.isEmpty) slot.locked(() => slot.isEmpty && slot.write(value));
  }

  get(): unknown {
    return this.#slot.read();
  }
  set(value: unknown): void {
    const slot = this.#slot;
    if (slot.isMine) slot.write(value);
    else slot.locked(() => slot.write(value));
  }
  update(update: (old: unknown) => unknown): unknown {
    const slot = this.#slot;
    if (slot.isMine) throw nestedUpdate(this.#name);
    return slot.locked(() => {
      const value = update(slot.read());
      slot.write(value);
      return value;
    });
  }
}

/** The shared accessors of one thread's actors. */
export class SharedFields {
  readonly #thread: Thread;
  /** The instance that each actor's constructor makes: the first of its class that gets its fields. */
  readonly #instances = new WeakMap<ActorHost, object>();
  #codec: SharedCodec | undefined = undefined;
  #memory: SharedMemory | undefined = undefined;

  /** @param thread The thread. */
  constructor(thread: Thread) {
    this.#thread = thread;
  }

  /** The thread's own actor has other threads. */
  join(memory: SharedMemory): void {
    this.#memory = memory;
  }

  /** What holds the value of `member` for an instance that is being constructed. */
  make(instance: object, member: SharedMember, value: unknown): SharedField {
    const { name } = member;
    const { definitions, host } = this.#thread;
    const actor = host.constructing;
    if (actor === undefined || !this.#isInstance(actor, instance)) return new PlainField(name, value);
    this.#codec ??= new SharedCodec(this.#thread);
    if (this.#memory === undefined || !host.isPrimary(actor)) {
      return new CopiedField(name, value, this.#codec);
    }
    const index = definitions.sharedMembers(Object.getPrototypeOf(instance)).indexOf(member);
    if (index < 0 || index >= this.#memory.buffers.length) {
      throw new TypeError(
        `Cannot share accessor "${name}": the thread that made the actor knows its class without it`,
      );
    }
    return new CrewField(new SharedSlot(this.#memory, index, name, this.#codec), name, value);
  }

  #isInstance(actor: ActorHost, instance: object): boolean {
    if (Object.getPrototypeOf(instance) !== actor.definition?.cls.prototype) return false;
    const known = this.#instances.get(actor);
    if (known === undefined) this.#instances.set(actor, instance);
    return known === undefined || known === instance;
  }
}

/**
 * The values that only the runtime knows — handles, refs, and instances of declared classes — as bytes. Whoever passes on a
 * handle or a ref introduces: the receiver gets a link to the thread it lives in.
 *
 * @module
 */

import { SerializationError } from "../base/errors.ts";
import { describeThrown } from "../base/task_error.ts";
import { ownerOf } from "../call/handle.ts";
import type { ClassShape } from "../define/class_definition.ts";
import type { SerializableDefinition } from "../define/definitions.ts";
import { ObjectRefGenerator } from "../objects/object_ref_generator.ts";
import type { ObjectId } from "../base/ids.ts";
import { NamedRef } from "../objects/named_ref.ts";
import { PENDING, Ref, type RefHome } from "../objects/ref.ts";
import { threadsOf } from "../supervise/actor_address.ts";
import { ActorCell } from "../supervise/actor_cell.ts";
import type { PeerLink } from "../transport/peer.ts";
import type { DecodeHooks, Decoding, EncodeHooks, Encoding } from "../wire/coding.ts";
import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";
import { Refusal } from "../wire/refusal.ts";
import { readAddress, writeAddress } from "./address_codec.ts";
import { decodeOpaque, encodeOpaque, Opaque } from "./opaque.ts";
import type { Thread } from "./thread.ts";
import { type InstanceWriter, Unloaded } from "./unloaded.ts";

/** The kinds of value that the runtime adds to the codec's. */
const Kind = { handle: 1, ref: 2, fields: 3, hooked: 4, localHandle: 5, localRef: 6, namedRef: 7 } as const;

/** What an error has of its own that no enumeration shows. */
const ERROR_FIELDS = ["message", "stack", "cause", "errors"];

/** The names of the fields that cross. */
function fieldsOf(value: object): string[] {
  const names = Object.keys(value);
  if (!(value instanceof Error)) return names;
  return [...ERROR_FIELDS.filter((name) => Object.hasOwn(value, name) && !names.includes(name)), ...names];
}

/** The codec's revivers for one thread. */
export class SpecialValues implements EncodeHooks, DecodeHooks {
  /** Who the values being encoded are for; `undefined` for a copy within the thread. */
  receiver: PeerLink | undefined = undefined;
  /** Who the values being decoded are from; `undefined` for a copy within the thread. */
  sender: PeerLink | undefined = undefined;
  /** Why a value that was decoded cannot be used, although its bytes were right. */
  failure: SerializationError | undefined = undefined;
  readonly #thread: Thread;
  readonly #shapes = new Map<string, ClassShape>();
  #effects: (() => void)[] = [];

  /** @param thread The thread. */
  constructor(thread: Thread) {
    this.#thread = thread;
  }

  /** Does what the frame that was just sent implies: tells third threads of it. */
  commit(): void {
    if (this.#effects.length > 0) { for (const effect of this.#effects.splice(0)) effect(); }
  }

  /** The frame will not be sent. */
  rollback(): void {
    if (this.#effects.length > 0) this.#effects = [];
  }

  /** {@inheritDoc EncodeHooks.encode} */
  encode(value: object, encoder: Encoding): boolean {
    const { membrane } = this.#thread;
    if (membrane !== undefined) {
      if (value instanceof Opaque) {
        encodeOpaque(encoder, value, value.kind === Kind.fields);
        return true;
      }
      const side = membrane.of(this.receiver);
      if (side !== undefined) return side.encode(value, encoder, this.#effects);
    }
    const cell = ownerOf(value);
    if (cell instanceof ActorCell) {
      this.#refuseOld(cell, value, "handle", "make the actor anew");
      this.#encodeHandle(membrane?.homed(cell) ?? cell, encoder);
    } else if (value instanceof Ref) {
      this.#refuseOld(value, value, "ref", "pass its value");
      this.#encodeRef(value, encoder);
    } else if (value instanceof ObjectRefGenerator) {
      throw new Refusal(
        value,
        "a stream belongs to the thread that made the call; pass its refs, or their values",
      );
    } else {
      const definition = this.#thread.definitions.serializableOf(value) ?? Unloaded.writerOf(value);
      if (definition === undefined) return false;
      this.#encodeInstance(value, definition, encoder);
    }
    return true;
  }

  /** Refuses what is of a runtime that was shut down: its numbers are those of others in this one. */
  #refuseOld({ home }: { readonly home: RefHome }, value: object, kind: string, right: string): void {
    if (home !== this.#thread) {
      throw new Refusal(value, `its runtime was shut down, and this ${kind} with it; ${right}`);
    }
  }

  #encodeHandle(cell: ActorCell, encoder: Encoding): void {
    const receiver = this.receiver;
    if (receiver === undefined) {
      encoder.custom(Kind.localHandle);
      encoder.writer.varint(encoder.aside(this.#thread.cells.handleOf(cell)));
      return;
    }
    encoder.custom(Kind.handle);
    const { writer } = encoder;
    const { address, shape } = cell;
    writeAddress(encoder, address);
    writer.string(shape.key);
    if (receiver.knownShapes.has(shape.key)) writer.string("");
    else {
      writer.string(JSON.stringify(shape));
      // A thread of the pool may read this frame after later ones, which must not rely on what it tells.
      if (!this.#thread.pool.table.has(receiver.peer)) {
        this.#effects.push(() => receiver.knownShapes.add(shape.key));
      }
    }
    for (const { id } of threadsOf(address)) this.#introduce(receiver, id, encoder);
    this.#effects.push(() => this.#thread.cells.lend(cell, receiver.peer.id));
  }

  #encodeRef(ref: Ref, encoder: Encoding): void {
    const receiver = this.receiver;
    if (receiver === undefined) {
      encoder.custom(Kind.localRef);
      encoder.writer.varint(encoder.aside(ref));
      return;
    }
    encoder.custom(ref instanceof NamedRef ? Kind.namedRef : Kind.ref);
    if (ref instanceof NamedRef) encoder.writer.string(ref.id);
    const owner = ref.owner ?? this.#thread.self;
    const { writer } = encoder;
    writer.f64(ref.number());
    writer.u32(owner.slot);
    writer.u32(ref.status === PENDING ? ref.source?.fulfiller() ?? 0 : 0);
    writer.string(ref.taskName);
    this.#introduce(receiver, owner.id, encoder);
    this.#effects.push(() => this.#thread.lending.lend(ref, receiver));
  }

  /** Puts a link to `third` beside the frame, if the receiver has none. */
  #introduce(receiver: PeerLink, third: number, encoder: Encoding): void {
    if (receiver.acquainted.has(third) || third === this.#thread.self.id) return;
    const introduction = this.#thread.peers.introduce(receiver, third);
    if (introduction === undefined) return;
    const { end, announce } = introduction;
    encoder.aside(end);
    encoder.transfer.push(end.port);
    this.#effects.push(announce);
  }

  #encodeInstance(value: object, { key, options }: InstanceWriter, encoder: Encoding): void {
    if (options.encode === undefined) {
      encoder.custom(Kind.fields);
      encoder.writer.string(key);
      const names = fieldsOf(value);
      encoder.writer.varint(names.length);
      for (const name of names) {
        encoder.writer.string(name);
        encoder.value((value as Record<string, unknown>)[name]);
      }
      return;
    }
    const data = options.encode(value);
    encoder.custom(Kind.hooked);
    encoder.writer.string(key);
    encoder.value(data);
  }

  /** {@inheritDoc DecodeHooks.decode} */
  decode(kind: number, decoder: Decoding, slot: number): unknown {
    const { reader } = decoder;
    const { membrane } = this.#thread;
    if (membrane !== undefined) {
      const side = membrane.of(this.sender);
      if (side !== undefined && kind > Kind.namedRef) return side.decode(kind, decoder);
      if (kind === Kind.fields || kind === Kind.hooked) {
        return decodeOpaque(decoder, slot, kind, kind === Kind.fields);
      }
    }
    switch (kind) {
      case Kind.handle:
        return this.#decodeHandle(decoder);
      case Kind.ref:
        return this.#decodeRef(decoder);
      case Kind.namedRef:
        return this.#decodeRef(decoder, reader.string() as ObjectId);
      case Kind.localHandle:
      case Kind.localRef:
        if (this.sender !== undefined) break;
        return decoder.aside(reader.varint());
      case Kind.fields: {
        const instance = this.#blank(reader.string());
        decoder.register(slot, instance);
        const count = reader.varint();
        for (let i = 0; i < count; i++) {
          const name = reader.string();
          const value = decoder.value();
          Object.defineProperty(instance, name, {
            value,
            writable: true,
            enumerable: true,
            configurable: true,
          });
        }
        return instance;
      }
      case Kind.hooked: {
        const key = reader.string();
        return this.#decodeHooked(key, decoder.value());
      }
    }
    throw new CorruptFrameError(`a value of unknown kind ${kind}`);
  }

  #decodeHandle(decoder: Decoding): object {
    const { reader } = decoder;
    const address = readAddress(decoder);
    const key = reader.string();
    const text = reader.string();
    if (text !== "" && !this.#shapes.has(key)) this.#shapes.set(key, JSON.parse(text));
    const shape = this.#shapes.get(key);
    if (shape === undefined) throw new CorruptFrameError(`a handle of an unknown class "${key}"`);
    const { board, cells } = this.#thread;
    // Of a dead one nobody would take it away again.
    for (const one of threadsOf(address)) if (board.isAlive(one)) this.sender?.acquainted.add(one.id);
    const cell = cells.of(address, shape);
    cells.count(cell);
    return cells.handleOf(cell);
  }

  #decodeRef(decoder: Decoding, id?: ObjectId): Ref {
    const { reader } = decoder;
    const packed = reader.f64();
    const slot = reader.u32();
    const fulfiller = reader.u32();
    const taskName = reader.string();
    return this.#thread.lending.borrow(
      packed,
      { id: Math.floor(packed / 2 ** 32), slot },
      fulfiller,
      taskName,
      id,
    );
  }

  /**
   * Reads an instance. One whose class is not known here, or whose hook throws, is no reason to leave the rest of the frame
   * unread: it may tell of threads, classes and refs. The failure is kept for the end.
   */
  #decodeHooked(key: string, data: unknown): unknown {
    const definition = this.#serializable(key);
    if (definition === undefined) {
      return this.#thread.definitions.passesOn ? new Unloaded(key, { value: data }) : undefined;
    }
    const { cls, options } = definition;
    if (options.decode === undefined) return Object.assign(Object.create(cls.prototype), data);
    try {
      return options.decode(data);
    } catch (cause) {
      this.failure ??= new SerializationError(
        `Cannot read an instance of "${cls.name}": its decode hook threw ${describeThrown(cause)}`,
        "",
        { cause },
      );
      return undefined;
    }
  }

  /** An instance without fields. */
  #blank(key: string): object {
    const definition = this.#serializable(key);
    if (definition !== undefined) return Object.create(definition.cls.prototype);
    return this.#thread.definitions.passesOn ? new Unloaded(key) : {};
  }

  #serializable(key: string): SerializableDefinition | undefined {
    const definition = this.#thread.definitions.findSerializable(key);
    if (definition !== undefined || this.#thread.definitions.passesOn) return definition;
    const [module, name] = key.split(/#(?=[^#]*$)/);
    this.failure ??= new SerializationError(
      `Cannot read an instance of "${name}": this thread has not loaded ${module}, import it where the value arrives`,
    );
    return undefined;
  }
}

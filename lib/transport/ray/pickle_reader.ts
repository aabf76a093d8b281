/**
 * Reads what Python pickled, protocols 2 to 5. A pickle is a program for a machine with a stack; this machine builds data and
 * nothing else: a name stays a name (`PythonGlobal`), a call its description (`PythonObject`).
 *
 * @module
 */

import { defineField } from "../../wire/define_field.ts";
import { knownObject } from "./known_objects.ts";
import { PickleInput, unreadable } from "./pickle_input.ts";
import { Op, opName } from "./pickle_ops.ts";
import { isBuilt, promoteMaps, rebuild } from "./pickle_settle.ts";
import { PythonGlobal, PythonObject } from "./python_values.ts";

/**
 * Reads a pickle. `None` becomes `null`, whole numbers that are not exact as `number` become `bigint`, tuples arrays, a dict an object
 * if its keys are strings and else a `Map`, plain numpy arrays typed arrays (`numpy_array.ts`).
 *
 * @param bytes The pickle. Byte strings are copied out of it.
 * @param persistent Says what a persistent id stands for.
 * @returns The value.
 * @throws {SerializationError} If this is no pickle.
 */
export function readPickle(
  bytes: Uint8Array,
  persistent: (id: unknown) => unknown = refusePersistent,
): unknown {
  return new PickleMachine(bytes, persistent).run();
}

function refusePersistent(): never {
  throw unreadable("it has a persistent id, which means nothing here");
}

/** The machine. */
class PickleMachine {
  readonly #input: PickleInput;
  readonly #persistent: (id: unknown) => unknown;
  readonly #memo = new Map<number, unknown>();
  readonly #stack: unknown[] = [];
  readonly #marks: number[] = [];
  /** The dicts that turned out to have a key that is no string. */
  readonly #maps = new Map<object, Map<unknown, unknown>>();
  /** Objects that became something else once all of them was read. */
  readonly #settled = new Map<object, unknown>();

  constructor(bytes: Uint8Array, persistent: (id: unknown) => unknown) {
    this.#input = new PickleInput(bytes);
    this.#persistent = persistent;
  }

  run(): unknown {
    for (;;) {
      const code = this.#input.u8();
      if (code === Op.STOP) break;
      this.#step(code);
    }
    const value = this.#pop();
    if (this.#maps.size === 0 && this.#settled.size === 0) return value;
    return promoteMaps(value, new Map<object, unknown>([...this.#maps, ...this.#settled]));
  }

  #step(code: number): void {
    const [input, stack] = [this.#input, this.#stack];
    switch (code) {
      case Op.PROTO: {
        const version = input.u8();
        if (version > 5) throw unreadable(`it is of protocol ${version}, and 2 to 5 are known`);
        return;
      }
      case Op.FRAME:
        return void input.u64();
      case Op.NONE:
        return void stack.push(null);
      case Op.NEWTRUE:
        return void stack.push(true);
      case Op.NEWFALSE:
        return void stack.push(false);
      case Op.BININT:
        return void stack.push(input.i32());
      case Op.BININT1:
        return void stack.push(input.u8());
      case Op.BININT2:
        return void stack.push(input.u16());
      case Op.LONG1:
        return void stack.push(input.integer(input.u8()));
      case Op.LONG4:
        return void stack.push(input.integer(input.i32()));
      case Op.BINFLOAT:
        return void stack.push(input.f64());
      case Op.SHORT_BINUNICODE:
      case Op.SHORT_BINSTRING:
        return void stack.push(input.text(input.u8()));
      case Op.BINUNICODE:
        return void stack.push(input.text(input.u32()));
      case Op.BINSTRING:
        return void stack.push(input.text(input.i32()));
      case Op.BINUNICODE8:
        return void stack.push(input.text(input.u64()));
      case Op.SHORT_BINBYTES:
        return void stack.push(input.take(input.u8()).slice());
      case Op.BINBYTES:
        return void stack.push(input.take(input.u32()).slice());
      case Op.BINBYTES8:
      case Op.BYTEARRAY8:
        return void stack.push(input.take(input.u64()).slice());
      case Op.EMPTY_LIST:
      case Op.EMPTY_TUPLE:
        return void stack.push([]);
      case Op.EMPTY_DICT:
        return void stack.push({});
      case Op.EMPTY_SET:
        return void stack.push(new Set());
      case Op.MARK:
        return void this.#marks.push(stack.length);
      case Op.POP_MARK:
        return void this.#sinceMark();
      case Op.POP:
        return void (this.#marks.at(-1) === stack.length ? this.#marks.pop() : this.#pop());
      case Op.DUP:
        return void stack.push(this.#top());
      case Op.TUPLE1:
      case Op.TUPLE2:
      case Op.TUPLE3:
        return void stack.push(this.#popMany(code - Op.TUPLE1 + 1));
      case Op.LIST:
      case Op.TUPLE:
        return void stack.push(this.#sinceMark());
      case Op.FROZENSET:
        return void stack.push(new Set(this.#sinceMark()));
      case Op.DICT: {
        const entries = this.#sinceMark();
        stack.push({});
        return this.#setItems(entries);
      }
      case Op.APPEND:
        return this.#append([this.#pop()]);
      case Op.APPENDS:
        return this.#append(this.#sinceMark());
      case Op.SETITEM:
        return this.#setItems(this.#popMany(2));
      case Op.SETITEMS:
        return this.#setItems(this.#sinceMark());
      case Op.ADDITEMS: {
        const items = this.#sinceMark();
        const set = this.#top();
        if (!(set instanceof Set)) throw unreadable("it adds to what is no set");
        for (const item of items) set.add(item);
        return;
      }
      case Op.BINPUT:
        return void this.#memo.set(input.u8(), this.#top());
      case Op.LONG_BINPUT:
        return void this.#memo.set(input.u32(), this.#top());
      case Op.MEMOIZE:
        return void this.#memo.set(this.#memo.size, this.#top());
      case Op.BINGET:
        return this.#recall(input.u8());
      case Op.LONG_BINGET:
        return this.#recall(input.u32());
      default:
        this.#stepObject(code);
    }
  }

  /** The opcodes of names and objects. */
  #stepObject(code: number): void {
    const [input, stack] = [this.#input, this.#stack];
    switch (code) {
      case Op.GLOBAL: {
        const module = input.line();
        return void stack.push(new PythonGlobal(module, input.line()));
      }
      case Op.STACK_GLOBAL: {
        const [module, name] = this.#popMany(2);
        if (typeof module !== "string" || typeof name !== "string") throw unreadable("a name is no text");
        return void stack.push(new PythonGlobal(module, name));
      }
      case Op.REDUCE:
      case Op.NEWOBJ: {
        const [callable, args] = this.#popMany(2);
        if (!Array.isArray(args)) throw unreadable("the arguments of a call are no tuple");
        return void stack.push(knownObject(new PythonObject(callable, args, code === Op.NEWOBJ)));
      }
      case Op.NEWOBJ_EX: {
        const [callable, args, kwargs] = this.#popMany(3);
        if (!Array.isArray(args)) throw unreadable("the arguments of a call are no tuple");
        const made = new PythonObject(callable, args, true);
        made.kwargs = kwargs;
        return void stack.push(made);
      }
      case Op.OBJ: {
        const [callable, ...args] = this.#sinceMark();
        return void stack.push(knownObject(new PythonObject(callable, args)));
      }
      case Op.BUILD:
        return this.#build();
      case Op.BINPERSID:
        return void stack.push(this.#persistent(this.#pop()));
      default:
        throw unreadable(
          `at byte ${input.at - 1} stands ${
            opName(code)
          }, which no pickle of protocol 2 to 5 uses, or one with buffers ` +
            `of its own`,
        );
    }
  }

  #build(): void {
    const state = this.#pop();
    const object = this.#top();
    if (!(object instanceof PythonObject)) {
      throw unreadable("it gives a state to what is no object");
    }
    object.state = state;
    if (!isBuilt(object)) return;
    // Copies of it may stand in the memo and in containers already.
    this.#settled.set(object, rebuild(object));
  }

  #append(items: unknown[]): void {
    const list = this.#top();
    if (Array.isArray(list)) { for (const item of items) list.push(item); }
    else if (list instanceof PythonObject) (list.items ??= []).push(...items);
    else throw unreadable("it appends to what is no list");
  }

  #setItems(entries: unknown[]): void {
    const dict = this.#top();
    if (entries.length % 2 !== 0) throw unreadable("a dict has a key without a value");
    if (typeof dict !== "object" || dict === null || Array.isArray(dict)) {
      throw unreadable("it sets a key of what is no dict");
    }
    for (let i = 0; i < entries.length; i += 2) this.#setItem(dict, entries[i], entries[i + 1]);
  }

  #setItem(dict: object, key: unknown, value: unknown): void {
    if (dict instanceof PythonObject) return void (dict.entries ??= []).push([key, value]);
    if (dict instanceof Map) return void dict.set(key, value);
    if (Object.getPrototypeOf(dict) !== Object.prototype) {
      throw unreadable("it sets a key of what is no dict");
    }
    const map = this.#maps.get(dict);
    if (map !== undefined) map.set(key, value);
    else if (typeof key === "string") defineField(dict, key, value);
    else this.#maps.set(dict, new Map<unknown, unknown>([...Object.entries(dict), [key, value]]));
  }

  #recall(index: number): void {
    if (!this.#memo.has(index)) throw unreadable(`it recalls number ${index}, which it has not kept`);
    this.#stack.push(this.#memo.get(index));
  }

  /** The least height of the stack: what is below the last mark is not to be touched. */
  #floor(): number {
    return this.#marks.at(-1) ?? 0;
  }

  #top(): unknown {
    if (this.#stack.length <= this.#floor()) throw unreadable("its stack is empty");
    return this.#stack.at(-1);
  }

  #pop(): unknown {
    this.#top();
    return this.#stack.pop();
  }

  #popMany(count: number): unknown[] {
    if (this.#stack.length - count < this.#floor()) throw unreadable("its stack is empty");
    return this.#stack.splice(this.#stack.length - count);
  }

  #sinceMark(): unknown[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw unreadable("a mark is missing");
    return this.#stack.splice(mark);
  }
}

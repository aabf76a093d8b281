// Declaring classes and functions, and making actors. This file only has to compile.
import {
  Actor,
  type ActorHandle,
  method,
  type ObjectRef,
  type ObjectRefGenerator,
  put,
  remote,
  type RemoteCall,
  type RemoteClass,
  type RemoteFunction,
  type RemoteTask,
  serializable,
} from "@manta/ray";
import { expectType } from "./expect_type.ts";

@remote
class Bare extends Actor {
  run(): number {
    return 1;
  }
}
@remote({
  placement: "thread",
  maxConcurrency: 2,
  maxPendingCalls: 100,
  maxRestarts: -1,
  maxTaskRetries: 2,
  retryExceptions: [RangeError, Error],
  concurrencyGroups: { io: 2 },
  module: import.meta.url,
})
class Full extends Actor {
  constructor(readonly url: string, readonly retries?: number, ...tags: string[]) {
    super();
    void tags;
  }
  @method({ concurrencyGroup: "io" })
  async load(key: string): Promise<string> {
    return await Promise.resolve(key + this.url);
  }
}
expectType<ActorHandle<Bare>>().of(Bare.remote());
// ray: type-hints
expectType<ActorHandle<Full>>().of(Full.remote("a"));
expectType<ActorHandle<Full>>().of(Full.options({ placement: "inline" }).remote(put("a"), 1, "b", put("c")));
new Full("a");
// ray: instantiate, type-hints
// @ts-expect-error An argument is missing.
Full.remote();
// @ts-expect-error A wrong argument.
Full.remote(1);
// @ts-expect-error A ref to a wrong value.
Full.options({}).remote(put(1));
// @ts-expect-error One argument too many.
Bare.remote(1);

// Options.
// ray: remote-function-options
// @ts-expect-error An unknown option.
remote({ placemant: "inline" });
// @ts-expect-error A wrong value.
remote({ placement: "elsewhere" });
// @ts-expect-error A wrong type.
remote({ maxConcurrency: "2" });
// @ts-expect-error A wrong limit.
remote({ concurrencyGroups: { io: "2" } });
// @ts-expect-error An unknown option.
Bare.options({ placemant: "inline" });
// @ts-expect-error Groups are the class's.
Bare.options({ concurrencyGroups: {} });
// @ts-expect-error An unknown option.
remote(Bare, { placemant: "inline" });
// @ts-expect-error An unknown option.
remote(add, { placement: "inline" });
// @ts-expect-error An unknown option.
method({ group: "io" });
// @ts-expect-error A wrong type.
method({ concurrencyGroup: 1 });
// @ts-expect-error Neither a class nor a function nor options.
remote(5);
// @ts-expect-error Not the name of a class.
remote("Bare");
// @ts-expect-error An unknown option.
@remote({ nope: 1 })
class WrongOption extends Actor {}
// @ts-expect-error Without options it is `@remote`.
@remote()
class NoOptions extends Actor {}

// Classes that do not extend `Actor`.
class Stranger {
  static placement = "inline" as const;
  constructor(readonly name: string) {}
  greet(greeting: string): string {
    return `${greeting}, ${this.name}`;
  }
}
const strangers = remote(Stranger, { placement: "inline" });
expectType<RemoteClass<typeof Stranger>>().of(strangers);
expectType<RemoteClass<typeof Stranger>>().of(remote(Stranger));
expectType<ActorHandle<Stranger>>().of(strangers.remote(put("Ray")));
expectType<ObjectRef<string>>().of(strangers.options({}).remote("Ray").greet.remote("Hello"));
// @ts-expect-error An argument is missing.
strangers.remote();
// @ts-expect-error It does not extend `Actor`.
Stranger.remote("Ray");
@remote
class Decorated {
  run(): void {}
}
expectType<ActorHandle<Decorated>>().of(remote(Decorated).remote());

// Classes of which nobody can make an instance.
abstract class Abstract extends Actor {
  abstract run(): void;
}
class Concrete extends Abstract {
  override run(): void {}
}
class Private extends Actor {
  private constructor() {
    super();
  }
  static make(): void {
    // @ts-expect-error Its constructor is private: the worker cannot call it.
    Private.remote();
  }
}
class Protected extends Actor {
  protected constructor() {
    super();
  }
}
expectType<ActorHandle<Concrete>>().of(Concrete.remote());
// @ts-expect-error Abstract.
Actor.remote();
// @ts-expect-error Abstract.
Abstract.remote();
// @ts-expect-error Abstract.
Abstract.options({});
// @ts-expect-error Abstract.
remote(Abstract);
// @ts-expect-error Private.
remote(Private);
// @ts-expect-error Protected.
Protected.remote();

// @ts-expect-error Abstract.

@remote
abstract class DecoratedAbstract extends Actor {}

// @ts-expect-error Abstract.

@remote({})
abstract class DecoratedAbstractToo extends Actor {}

// Constructors with overloads.
class Overloaded extends Actor {
  constructor(text: string);
  constructor(length: number, fill: string);
  constructor(..._args: unknown[]) {
    super();
  }
}
Overloaded.remote("a");
Overloaded.remote(put(1), "a");
// @ts-expect-error No overload takes a number alone.
Overloaded.remote(1);

// `@method` and `@remote` in other places.
class Places extends Actor {
  // @ts-expect-error For classes.
  @remote
  a(): void {}
  // @ts-expect-error It takes options.
  @method
  b(): void {}
  // @ts-expect-error For methods.
  @method({})
  field = 1;
  // @ts-expect-error For methods.
  @method({})
  functionField = (): void => {};
  // @ts-expect-error For methods.
  @method({})
  get value(): number {
    return 1;
  }
  // @ts-expect-error For methods.
  @method({})
  accessor state = 1;
  // @ts-expect-error A static method is not remote.
  @method({})
  static make(): void {}
  // @ts-expect-error A private method is not remote.
  @method({})
  #hidden(): void {}
  reveal(): void {
    this.#hidden();
  }
}
// @ts-expect-error For methods.
@method({})
class NotAMethod extends Actor {}

// Functions.
function add(a: number, b?: number): number {
  return a + (b ?? 0);
}
async function load(url: string, ...more: string[]): Promise<Uint8Array> {
  return await Promise.resolve(new Uint8Array(url.length + more.length));
}
function first<T>(items: T[]): T {
  return items[0];
}
function parse(text: string): string;
function parse(value: number): number;
function parse(value: string | number): string | number {
  return value;
}
function* count(): Generator<number> {
  yield 1;
}
const addTask = remote(add);
expectType<RemoteTask<[a: number, b?: number], number>>().of(addTask);
expectType<RemoteCall<[a: number, b?: number], number>>().of(addTask.options({ maxRetries: -1 }));
expectType<ObjectRef<number>>().of(addTask.options({ retryExceptions: [RangeError] }).remote(1));
// @ts-expect-error Methods have `maxTaskRetries`.
addTask.options({ maxTaskRetries: 1 });
remote(add, { maxRetries: 0, retryExceptions: true, module: import.meta.url });
expectType<ObjectRef<string>>().of(remote(parse).options({ retryExceptions: false }).remote("a"));

expectType<RemoteFunction<typeof add>>().of(addTask);
expectType<ObjectRef<number>>().of(addTask.remote(1));
addTask.remote(put(1), addTask.remote(1, 2));
// @ts-expect-error A wrong argument.
addTask.remote("a");
// @ts-expect-error An argument is missing.
addTask.remote();
// @ts-expect-error It runs elsewhere.
addTask(1);
expectType<ObjectRef<Uint8Array>>().of(remote(load, { module: import.meta.url }).remote("a", put("b")));
expectType<ObjectRef<unknown>>().of(remote(first).remote([1]));
expectType<ObjectRef<number>>().of(remote(first<number>).remote([1]));
expectType<ObjectRef<string>>().of(remote(parse).remote("a"));
expectType<ObjectRef<number>>().of(remote(parse).remote(put(1)));
expectType<ObjectRefGenerator<number>>().of(remote(count, { generatorBackpressure: 1 }).remote());

// Classes whose instances cross.
@serializable
class Point {
  constructor(readonly x: number, readonly y: number) {}
}
class Money {
  #cents: number;
  constructor(cents: number) {
    this.#cents = cents;
  }
  get cents(): number {
    return this.#cents;
  }
}
expectType<typeof Money>().of(
  serializable(Money, { encode: (money) => money.cents, decode: (cents) => new Money(cents) }),
);
expectType<typeof Point>().of(serializable(Point));
// @ts-expect-error What is encoded is a number.
serializable(Money, { encode: (money) => money.cents, decode: (text: string) => new Money(text.length) });
// @ts-expect-error It makes something else.
serializable(Money, { encode: (money) => money.cents, decode: (cents) => new Point(cents, 0) });
// @ts-expect-error An unknown option.
serializable(Money, { encoder: (money: Money) => money.cents });
// @ts-expect-error No class.
serializable({});

export { DecoratedAbstract, DecoratedAbstractToo, NoOptions, NotAMethod, Places, WrongOption };

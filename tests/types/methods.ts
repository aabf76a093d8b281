// deno-lint-ignore-file no-unused-vars -- what is declared here is there for its type
// What becomes of a class's members on its handle. This file only has to compile.
import {
  Actor,
  type ActorHandle,
  get,
  type ObjectRef,
  type ObjectRefGenerator,
  put,
  type RemoteCall,
  type RemoteMethod,
  type RemoteStreamMethod,
} from "@manta/ray";
import { expectType } from "./expect_type.ts";

class Plain extends Actor {
  required(a: number, b: string): boolean {
    return b.length > a;
  }
  optional(a: number, b?: string): void {
    this.required(a, b ?? "");
  }
  defaulted(a = 1): number {
    return a;
  }
  rest(first: string, ...others: number[]): number {
    return first.length + others.length;
  }
  labelled(...range: [from: number, to?: number]): number {
    return range[0];
  }
  union(value: string | number, flag: boolean): string {
    return `${value}${flag}`;
  }
  anything(value: unknown): unknown {
    return value;
  }
  bound(this: Plain, a: number): number {
    return a;
  }
}
declare const plain: ActorHandle<Plain>;
const one = put(1);
const text = put("a");

// ray: type-hints, pain-types
expectType<RemoteMethod<[a: number, b: string], boolean>>().of(plain.required);
expectType<ObjectRef<boolean>>().of(plain.required.remote(1, "a"));
plain.required.remote(one, "a");
plain.required.remote(one, text);
// @ts-expect-error An argument is missing.
plain.required.remote(1);
// @ts-expect-error One argument too many.
plain.required.remote(1, "a", 2);
// @ts-expect-error A wrong argument.
plain.required.remote("a", "a");
// @ts-expect-error A ref to a wrong value.
plain.required.remote(text, "a");
// @ts-expect-error A promise is no ref.
plain.required.remote(Promise.resolve(1), "a");
// @ts-expect-error It runs elsewhere.
plain.required(1, "a");

expectType<RemoteMethod<[a: number, b?: string], void>>().of(plain.optional);
expectType<ObjectRef<void>>().of(plain.optional.remote(1));
plain.optional.remote(one, undefined);
plain.optional.remote(1, text);
// @ts-expect-error A wrong optional argument.
plain.optional.remote(1, 2);
// @ts-expect-error A ref to a wrong value.
plain.optional.remote(1, one);

expectType<RemoteMethod<[a?: number], number>>().of(plain.defaulted);
plain.defaulted.remote();
plain.defaulted.remote(one);

expectType<RemoteMethod<[first: string, ...others: number[]], number>>().of(plain.rest);
plain.rest.remote("a");
plain.rest.remote(text, 1, one, 2);
// @ts-expect-error A wrong rest argument.
plain.rest.remote("a", 1, "b");

expectType<RemoteMethod<[from: number, to?: number], number>>().of(plain.labelled);
plain.labelled.remote(one, one);
// @ts-expect-error One argument too many.
plain.labelled.remote(1, 2, 3);

declare const mixed: ObjectRef<string | number>;
declare const yes: ObjectRef<true>;
plain.union.remote("a", true);
plain.union.remote(text, yes);
plain.union.remote(one, put(false as boolean));
plain.union.remote(mixed, yes);
// @ts-expect-error Neither a string nor a number.
plain.union.remote(yes, yes);

plain.anything.remote(plain);
plain.anything.remote(text);
expectType<RemoteMethod<[a: number], number>>().of(plain.bound);

const grouped = plain.required.options({ concurrencyGroup: "io" });
expectType<RemoteCall<[a: number, b: string], boolean>>().of(grouped);
expectType<ObjectRef<boolean>>().of(grouped.remote(one, text));
// @ts-expect-error An unknown option.
plain.required.options({ concurrencygroup: "io" });
// @ts-expect-error A wrong option.
plain.required.options({ concurrencyGroup: 1 });
// @ts-expect-error Options are said once.
grouped.options({});

class Results extends Actor {
  promise(): Promise<number> {
    return Promise.resolve(1);
  }
  nested(): Promise<Promise<string>> {
    throw new Error();
  }
  maybe(): number | Promise<string> {
    return 1;
  }
  nothing(): Promise<void> {
    return Promise.resolve();
  }
  ref(): ObjectRef<number> {
    return put(1);
  }
  refLater(): Promise<ObjectRef<ObjectRef<number>>> {
    throw new Error();
  }
  handle(): ActorHandle<Plain> {
    throw new Error();
  }
  refs(): ObjectRef<number>[] {
    return [];
  }
  fail(): never {
    throw new Error();
  }
  untyped(): ReturnType<typeof JSON.parse> {
    return JSON.parse("1");
  }
  self(): this {
    return this;
  }
  inferred() {
    return { a: 1 };
  }
}
declare const results: ActorHandle<Results>;

expectType<ObjectRef<number>>().of(results.promise.remote());
expectType<ObjectRef<string>>().of(results.nested.remote());
expectType<ObjectRef<number | string>>().of(results.maybe.remote());
expectType<ObjectRef<void>>().of(results.nothing.remote());
expectType<ObjectRef<number>>().of(results.ref.remote());
expectType<ObjectRef<number>>().of(results.refLater.remote());
expectType<ObjectRef<ActorHandle<Plain>>>().of(results.handle.remote());
expectType<ObjectRef<ObjectRef<number>[]>>().of(results.refs.remote());
expectType<ObjectRef<never>>().of(results.fail.remote());
expectType<ObjectRef<ReturnType<typeof JSON.parse>>>().of(results.untyped.remote());
expectType<ObjectRef<Results>>().of(results.self.remote());
expectType<ObjectRef<{ a: number }>>().of(results.inferred.remote());
results.handle.remote().then((handle) => expectType<ActorHandle<Plain>>().of(handle));

class Overloads extends Actor {
  pair(a: string): string;
  pair(a: number): number;
  pair(a: never): never {
    return a;
  }
  three(a: "text"): string;
  three(a: "number", digits?: number): Promise<number>;
  three(a: "list", ...items: string[]): string[];
  three(): never {
    throw new Error();
  }
  six(a: 1): "one";
  six(a: 2): "two";
  six(a: 3): "three";
  six(a: 4): "four";
  six(a: 5): "five";
  six(a: 6): "six";
  six(): never {
    throw new Error();
  }
  narrowing(a: string | number): "wide";
  narrowing(a: string): "wide";
  narrowing(): "wide" {
    return "wide";
  }
}
declare const overloads: ActorHandle<Overloads>;

expectType<ObjectRef<string>>().of(overloads.pair.remote("a"));
expectType<ObjectRef<number>>().of(overloads.pair.remote(one));
expectType<ObjectRef<string>>().of(overloads.pair.options({}).remote(text));
expectType<ObjectRef<number>>().of(overloads.pair.options({}).remote(1));
// @ts-expect-error No overload takes a boolean.
overloads.pair.remote(true);
expectType<ObjectRef<string>>().of(overloads.three.remote("text"));
expectType<ObjectRef<number>>().of(overloads.three.remote("number", one));
expectType<ObjectRef<string[]>>().of(overloads.three.remote("list", "a", text));
// @ts-expect-error The arguments of one overload with the name of another.
overloads.three.remote("text", 1);
expectType<ObjectRef<"one">>().of(overloads.six.remote(1));
expectType<ObjectRef<"four">>().of(overloads.six.remote(4));
expectType<ObjectRef<"six">>().of(overloads.six.options({}).remote(6));
overloads.narrowing.remote(1);

// A method's own type parameter becomes what it extends.
class Generics extends Actor {
  same<T>(value: T): T {
    return value;
  }
  id<T extends { id: string }>(value: T): T["id"] {
    return value.id;
  }
  map<K extends string, V>(entries: [K, V][]): Map<K, V> {
    return new Map(entries);
  }
}
declare const generics: ActorHandle<Generics>;

expectType<RemoteMethod<[value: unknown], unknown>>().of(generics.same);
expectType<RemoteMethod<[value: { id: string }], string>>().of(generics.id);
expectType<ObjectRef<Map<string, unknown>>>().of(generics.map.remote([["a", 1]]));
// @ts-expect-error It has no id.
generics.id.remote({});

class Members extends Actor {
  static make(): Members {
    return new Members();
  }
  #hidden = 0;
  count = 0;
  readonly list: string[] = [];
  nothing: undefined = undefined;
  whatever: unknown = 1;
  loose: ReturnType<typeof JSON.parse> = 1;
  Class: typeof Results = Results;
  peer: ActorHandle<Plain> | undefined;
  peers: ActorHandle<Plain>[] = [];
  ref: ObjectRef<number> | null = null;
  either: string | (() => void) = "";
  run(): number {
    return this.#secret() + this.alsoSecret() + this.children();
  }
  1(): void {}
  "with space"(): void {}
  maybe?(a: number): string;
  #secret(): number {
    return this.#hidden;
  }
  private alsoSecret(): number {
    return 0;
  }
  protected children(): number {
    return 0;
  }
  get value(): number {
    return 1;
  }
  set value(value: number) {
    this.count = value;
  }
  accessor state = 0;
  then(): void {}
  actorId(): void {}
  onShutdown(): void {}
  override toString(): string {
    return "";
  }
  [Symbol.dispose](): void {}
}
declare const names: keyof ActorHandle<Members>;
expectType<"actorId" | typeof Symbol.asyncDispose | "run" | 1 | "with space" | "maybe">().of(names);
declare const members: ActorHandle<Members>;
expectType<RemoteMethod<[a: number], string> | undefined>().of(members.maybe);
expectType<ObjectRef<string> | undefined>().of(members.maybe?.remote(one));
expectType<string>().of(members.toString());
// @ts-expect-error A handle is no promise.
members.then;
// @ts-expect-error Private.
members.alsoSecret.remote();
// @ts-expect-error Protected.
members.children.remote();
// @ts-expect-error Static.
members.make.remote();
// @ts-expect-error An accessor.
members.value;
// @ts-expect-error A field.
members.count;
// @ts-expect-error No such method.
members.runn.remote();
// @ts-expect-error A hook.
members.onShutdown.remote();
// @ts-expect-error Methods stay.
members.run = null!;

// Generators give streams.
class Streams extends Actor {
  *sync(): Generator<number> {
    yield 1;
  }
  async *later(): AsyncGenerator<number> {
    yield await Promise.resolve(1);
  }
  *iterator(): IterableIterator<number> {
    yield 1;
  }
  *inferred(start: number, end?: number) {
    if (end !== undefined) yield String(start);
  }
  *refs(): Generator<ObjectRef<string>> {}
  overloaded(kind: "numbers"): Generator<number>;
  overloaded(kind: "strings"): Generator<string>;
  *overloaded(kind: string): Generator<unknown> {
    yield kind;
  }
  array(): Iterable<number> {
    return [1];
  }
}
declare const streams: ActorHandle<Streams>;
expectType<RemoteStreamMethod<[], Generator<number>>>().of(streams.sync);
expectType<ObjectRefGenerator<number>>().of(streams.sync.remote());
expectType<ObjectRefGenerator<number>>().of(streams.later.remote());
expectType<ObjectRefGenerator<number>>().of(streams.iterator.remote());
expectType<ObjectRefGenerator<string>>().of(streams.inferred.remote(put(1)));
expectType<ObjectRefGenerator<string>>().of(streams.refs.remote());
expectType<ObjectRefGenerator<number>>().of(streams.overloaded.remote("numbers"));
expectType<ObjectRefGenerator<string>>().of(streams.overloaded.remote("strings"));
expectType<ObjectRef<Iterable<number>>>().of(streams.array.remote());
expectType<ObjectRefGenerator<number>>().of(
  streams.sync.options({ generatorBackpressure: 2, name: "some" }).remote(),
);
for await (const ref of streams.sync.remote()) expectType<number>().of(await ref);
for await (const ref of streams.sync.remote()) expectType<number>().of(await ref);
expectType<Promise<IteratorResult<ObjectRef<number>, undefined>>>().of(streams.sync.remote().next());
expectType<IteratorResult<ObjectRef<number>, undefined>>().of(streams.sync.remote().nextSync());
expectType<ObjectRef<undefined>>().of(streams.sync.remote().completed());
// @ts-expect-error An argument is missing.
streams.inferred.remote();
// @ts-expect-error A stream is no ref.
await get(streams.sync.remote());
// @ts-expect-error For other methods.
streams.sync.options({ numReturns: 2 });
// @ts-expect-error For generators.
streams.array.options({ generatorBackpressure: 2 });

// Many refs.
class Pairs extends Actor {
  pair(): [number, string] {
    return [1, "a"];
  }
  async list(length: number): Promise<boolean[]> {
    return await Promise.resolve(new Array(length).fill(true));
  }
  one(): number {
    return 1;
  }
}
declare const pairs: ActorHandle<Pairs>;
declare const anyNumber: number;
expectType<[ObjectRef<number>, ObjectRef<string>]>().of(pairs.pair.options({ numReturns: 2 }).remote());
expectType<[ObjectRef<boolean>, ObjectRef<boolean>, ObjectRef<boolean>]>().of(
  pairs.list.options({ numReturns: 3 }).remote(3),
);
expectType<ObjectRef<boolean>[]>().of(pairs.list.options({ numReturns: anyNumber }).remote(3));
expectType<never>().of(pairs.pair.options({ numReturns: 3 }).remote());
expectType<never>().of(pairs.one.options({ numReturns: 1 }).remote());
expectType<ObjectRef<[number, string]>>().of(pairs.pair.options({ name: "plain" }).remote());

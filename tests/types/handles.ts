// deno-lint-ignore-file no-unused-vars -- what is declared here is there for its type
// Handles among themselves: classes that extend others, generic ones, handles as values. This file only has to compile.
import { Actor, type ActorHandle, get, kill, type ObjectRef, put, type RemoteMethod } from "@manta/ray";
import { expectType } from "./expect_type.ts";

abstract class Shape extends Actor {
  abstract area(): number;
  scale(by: number): void {
    void by;
  }
  describe(long: boolean): string {
    return `${long}`;
  }
}
class Circle extends Shape {
  constructor(readonly radius: number) {
    super();
  }
  override area(): number {
    return this.radius ** 2 * Math.PI;
  }
  override describe(): "a circle" {
    return "a circle";
  }
  override scale(by: number, again?: number): void {
    super.scale(by * (again ?? 1));
  }
  roll(): void {}
}
class Square extends Shape {
  override async scale(by: number): Promise<void> {
    await Promise.resolve(by);
  }
  override area(): number {
    return 1;
  }
  #side = 1;
  flip(): number {
    return this.#side;
  }
}
class Other extends Actor {
  scale(by: string): void {
    void by;
  }
}

const circle = Circle.remote(1);
// ray: pain-types
expectType<ActorHandle<Circle>>().of(circle);
expectType<ObjectRef<number>>().of(circle.area.remote());
expectType<ObjectRef<"a circle">>().of(circle.describe.remote());
circle.scale.remote(1, put(2));

const shapes: ActorHandle<Shape>[] = [circle, Square.remote()];
expectType<ObjectRef<number>>().of(shapes[0].area.remote());
expectType<RemoteMethod<[long: boolean], string>>().of(shapes[0].describe);
// @ts-expect-error A shape need not be a circle.
const backwards: ActorHandle<Circle> = shapes[0];
// @ts-expect-error A square has no `roll`.
const round: ActorHandle<Circle> = Square.remote();
// @ts-expect-error Its `scale` takes a string.
const unlike: ActorHandle<{ scale(by: number): void }> = Other.remote();
const some: ActorHandle<{ area(): number }> = circle;
const every: ActorHandle<object> = circle;
// @ts-expect-error An instance is no handle.
const local: ActorHandle<Circle> = new Circle(1);
// @ts-expect-error A handle is no instance.
const remote: Circle = circle;
// @ts-expect-error A handle is no promise.
const promise: PromiseLike<unknown> = circle;
async function awaited(): Promise<void> {
  expectType<ActorHandle<Circle>>().of(await circle);
  await kill(circle);
  // @ts-expect-error A class is no handle.
  await kill(Circle);
}

// Handles as arguments, results and fields, of the class itself too.
class Node extends Actor {
  parent: ActorHandle<Node> | undefined;
  children: ActorHandle<Node>[] = [];
  byName: Map<string, ActorHandle<Node>> = new Map();
  constructor(readonly next?: ActorHandle<Node>, readonly friend?: ActorHandle<Friend>) {
    super();
  }
  link(node: ActorHandle<Node>, others: ActorHandle<Node>[]): ActorHandle<Node> {
    this.children = others;
    return node;
  }
  async walk(): Promise<number> {
    return 1 + (this.next === undefined ? 0 : await this.next.walk.remote());
  }
}
class Friend extends Actor {
  constructor(readonly node: ActorHandle<Node>) {
    super();
  }
  ask(): ObjectRef<number> {
    return this.node.walk.remote();
  }
}
const node = Node.remote();
const linked = Node.remote(node, Friend.remote(node));
expectType<ObjectRef<ActorHandle<Node>>>().of(node.link.remote(linked, [node]));
node.link.remote(node.link.remote(node, []), []);
Node.remote(put(node));
Node.remote(node.link.remote(node, []));
expectType<ObjectRef<number>>().of(Friend.remote(node).ask.remote());
// @ts-expect-error A handle of another class.
node.link.remote(circle, []);
// @ts-expect-error An instance is no handle.
node.link.remote(new Node(), []);
// @ts-expect-error A handle in an array cannot be a ref.
node.link.remote(node, [put(node)]);
declare const nodeNames: keyof ActorHandle<Node>;
expectType<"actorId" | typeof Symbol.asyncDispose | "link" | "walk">().of(nodeNames);

// Generic classes.
class Box<T> extends Actor {
  #value: T;
  constructor(value: T) {
    super();
    this.#value = value;
  }
  value(): T {
    return this.#value;
  }
  later(): Promise<T> {
    return Promise.resolve(this.#value);
  }
  put(value: T, copies?: T[]): void {
    this.#value = copies?.[0] ?? value;
  }
  with<U>(other: U): [T, U] {
    return [this.#value, other];
  }
}
declare const box: ActorHandle<Box<number>>;
expectType<ObjectRef<number>>().of(box.value.remote());
expectType<ObjectRef<[number, unknown]>>().of(box.with.remote("a"));
box.put.remote(put(1), [2]);
// @ts-expect-error Not in this box.
box.put.remote("a");
// @ts-expect-error A box of something else.
const texts: ActorHandle<Box<string>> = box;
// The class alone does not say of what; an instantiation expression does.
expectType<ActorHandle<Box<unknown>>>().of(Box.remote(1));
const NumberBox = Box<number>;
expectType<ActorHandle<Box<number>>>().of(NumberBox.remote(put(1)));
expectType<ActorHandle<Box<number>>>().of((Box<number>).options({}).remote(1));
// @ts-expect-error Not in this box.
NumberBox.remote("a");

// A type parameter inside the class is fine, one in place of the class says nothing.
async function move<T>(from: ActorHandle<Box<T>>, to: ActorHandle<Box<T>>, extra: T): Promise<T> {
  to.put.remote(from.later.remote(), [extra]);
  to.put.remote(extra);
  to.put.remote(put(extra));
  expectType<ObjectRef<Awaited<T>>>().of(from.value.remote());
  return await get(from.later.remote());
}
move(box, box, 1);
declare const textBox: ActorHandle<Box<string>>;
// @ts-expect-error Boxes of different things.
move(box, textBox, 1);
function areas(all: readonly ActorHandle<Shape>[]): Promise<number[]> {
  return get(all.map((shape) => shape.area.remote()));
}
areas([circle]);
function generic<T extends Shape>(shape: ActorHandle<T>): void {
  // @ts-expect-error Take an `ActorHandle<Shape>`.
  shape.area.remote();
}
generic(circle);

import { type ActorHandle, serializable, SerializationError, shutdown } from "@manta/ray";
import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { afterAll, describe, it } from "@std/testing/bdd";
import { Money, Plain, Point, TreeNode, Values } from "./value_actors.ts";
import { rejection } from "./fence.ts";
import { type Place, PLACES } from "./places.ts";

for (const place of PLACES) describe(`serializable, ${place.name}`, () => serializing(place));

function serializing({ placement }: Place): void {
  afterAll(shutdown);
  // One for all tests: threads take their time to start.
  let shared: ActorHandle<Values> | undefined;
  const make = (): ActorHandle<Values> => shared ??= Values.options({ placement }).remote();

  // ray: serialization
  it("instances of a @serializable class keep class and fields", async () => {
    const point = new Point(3, 4);
    assertEquals(await make().norm.remote(point), [true, 5]);
    const back = await make().echo.remote([point, { deep: point }]) as [Point, { deep: Point }];
    assertInstanceOf(back[0], Point);
    assertStrictEquals(back[0], back[1].deep);
    assertEquals({ ...back[0] }, { ...point });
    assert(back[0] !== point);
  });

  // ray: serialization
  it("instances cross by the hooks where there are some", async () => {
    assertEquals(await make().cents.remote(new Money(250)), [true, 250]);
    const before = Money.decoded;
    const back = await make().echo.remote(new Money(7)) as Money;
    assertInstanceOf(back, Money);
    assertEquals(back.cents(), 7);
    assert(Money.decoded > before);
  });

  it("cycles through instances are kept", async () => {
    const tree = new TreeNode("root").add(new TreeNode("a")).add(new TreeNode("b"));
    assertEquals(await make().isTree.remote(tree), [true, true]);
    const back = await make().echo.remote(tree) as TreeNode;
    assertStrictEquals(back.children[1].parent, back);
    assertInstanceOf(back.children[0], TreeNode);
    assertEquals(back.children.map((child) => child.name), ["a", "b"]);
  });

  it("instances stand in maps and sets", async () => {
    const back = await make().echo.remote(new Map([[new Point(0, 1), new Set([new Money(1)])]])) as Map<
      Point,
      Set<Money>
    >;
    const [[key, set]] = [...back];
    assertInstanceOf(key, Point);
    assertInstanceOf([...set][0], Money);
  });

  // ray: error-serialization
  it("what cannot cross is a SerializationError at the call, with its path", async () => {
    const actor = make();
    const cases: [unknown[], string][] = [
      [[{ onDone: () => {} }], "args[0].onDone"],
      [[1, [0, Symbol("s")]], "args[1][1]"],
      [[{ "odd key": new Plain() }], 'args[0]["odd key"]'],
      [[{ p: Promise.resolve(1) }], "args[0].p"],
      [[new WeakMap()], "args[0]"],
      [[new Plain()], "args[0]"],
    ];
    for (const [args, path] of cases) {
      const error = assertThrows(
        () => (actor.same.remote as (...args: unknown[]) => unknown)(...args),
        SerializationError,
      );
      assertEquals(error.path, path);
      assertEquals(error.code, "SERIALIZATION");
      assertStringIncludes(error.message, path);
      // The program's lines, and nothing of Manta's.
      assertStringIncludes(error.stack!, "serializable_test.ts");
      assertFalse(error.stack!.includes("/lib/"), error.stack);
    }
    assertEquals(await actor.echo.remote("still works"), "still works");
  });

  it("the message names the class and what would be right", () => {
    const error = assertThrows(() => make().echo.remote(new Plain()), SerializationError);
    for (const part of ["Plain", "@serializable"]) assertStringIncludes(error.message, part);
  });

  it("a constructor's argument that cannot cross is thrown at remote()", () => {
    const loose = Values.options({ placement }) as unknown as { remote(arg: unknown): unknown };
    assertThrows(() => loose.remote({ f() {} }), SerializationError, "args[0].f");
  });

  // ray: error-serialization
  it("what cannot cross rejects the ref where it is a result", async () => {
    const actor = make();
    for (
      const [kind, path] of [
        ["function", "result.deep[1].done"],
        ["symbol", "result[0]"],
        ["instance", "result.plain"],
        ["promise", "result.later"],
      ]
    ) {
      const error = await rejection(actor.give.remote(kind));
      assertInstanceOf(error, SerializationError);
      assertEquals(error.path, path);
      const [, call, line] = error.stack!.split("\n");
      assertStringIncludes(call, 'remote call of "Values.give"');
      assertStringIncludes(line, "serializable_test.ts");
    }
    assertInstanceOf(await rejection(actor.give.remote("map")), SerializationError);
    assertEquals(await actor.echo.remote("still works"), "still works");
  });

  it("what a getter throws fails the call or the ref, and the actor goes on", async () => {
    const actor = make();
    const value = {
      get broken(): never {
        throw new RangeError("from a getter");
      },
    };
    assertThrows(() => actor.echo.remote(value), Error, "from a getter");
    assertStringIncludes(String(await rejection(actor.give.remote("getter"))), "from a getter");
    assertEquals(await actor.echo.remote("still works"), "still works");
  });
}

describe("serializable() at the declaration", () => {
  it("serializable() refuses options that are unknown, wrong or by halves", () => {
    class Odd {}
    const loose = serializable as (cls: unknown, options?: unknown) => void;
    assertThrows(() => loose(Odd, { encod: () => 1 }), TypeError, "encod");
    assertThrows(() => loose(Odd, { encode: 1, decode: 2 }), TypeError, "encode");
    assertThrows(() => loose(Odd, { encode: () => 1 }), TypeError, "decode");
    assertThrows(() => loose({}), TypeError);
    assertThrows(() => loose(class {}), TypeError, "name");
  });

  it("serializable() refuses a second class of one name in one module", () => {
    const declare = () => {
      class Twice {}
      serializable(Twice);
    };
    declare();
    assertThrows(declare, TypeError, "Twice");
  });
});

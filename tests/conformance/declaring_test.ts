import { Actor, method, remote, shutdown } from "@manta/ray";
import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import * as classes from "./classes.ts";
import { type Place, PLACES } from "./places.ts";

for (const place of PLACES) describe(`classes, ${place.name}`, () => declared(place));

function declared({ placement }: Place): void {
  afterEach(shutdown);

  // ray: inheritance
  it("inherited methods are remote, and the child's own override them", async () => {
    const base = classes.Base.options({ placement }).remote(5);
    const child = classes.Child.options({ placement }).remote(7);
    assertEquals([await base.inherited.remote(), await base.overridden.remote()], ["base 5", "base"]);
    assertEquals(
      [
        await child.inherited.remote(),
        await child.overridden.remote(),
        await child.own.remote(),
        await child.value.remote(),
      ],
      ["base 7", "child of base", 8, 7],
    );
  });

  // ray: actor-class
  it("a class without the base class works", async () => {
    const Loose = remote(classes.Loose);
    const loose = Loose.options({ placement }).remote();
    await loose.say.remote("a");
    assertEquals(await loose.say.remote("b"), 2);
    const decorated = classes.Loose as unknown as typeof Loose;
    assertEquals(await decorated.options({ placement }).remote().say.remote("x"), 1);
  });

  // ray: actor-class
  it("remote(Class, options) makes actors without the base class", async () => {
    assertEquals(await classes.RemoteWrapped.options({ placement }).remote(4).times.remote(5), 20);
    assertEquals(await classes.ThreadWrapped.options({ placement }).remote().times.remote(5), 15);
  });

  it("methods may have names that JavaScript uses otherwise", async () => {
    const odd = classes.OddNames.options({ placement }).remote();
    assertEquals(await odd.remote.remote(), "remote");
    assertEquals(await odd.options.remote(), "options");
    assertEquals(await odd.name.remote(), "name");
    assertEquals(await odd.catch.remote(), "catch");
    assertEquals(await odd["with space"].remote(), "with space");
  });
}

describe("declaring", () => {
  afterEach(shutdown);

  // ray: inheritance
  it("a child that is not declared itself refuses .remote() by name", () => {
    for (const make of [() => classes.Undeclared.remote(), () => classes.Undeclared.options({}).remote()]) {
      const error = assertThrows(make, TypeError);
      for (const part of ["Undeclared", "@remote"]) assertStringIncludes(error.message, part);
    }
  });

  // ray: actor-direct
  it("new X() stays an ordinary object", async () => {
    const base = new classes.Child(3);
    assertInstanceOf(base, classes.Base);
    assertInstanceOf(base, Actor);
    assertEquals([base.own(), await base.inherited(), classes.Base.ofBase()], [4, "base 3", "static"]);
    assertFalse("actorId" in base);
  });

  // ray: call-options, inheritance
  it("options of the declaration hold, those of the actor go before, and a child does not inherit them", async () => {
    const before = classes.InlineByDefault.runs;
    assertEquals(await classes.InlineByDefault.remote().run.remote(), before + 1);
    assertEquals(classes.InlineByDefault.runs, before + 1);
    assertEquals(await classes.InlineByDefault.options({ placement: "thread" }).remote().run.remote(), 1);
    assertEquals(classes.InlineByDefault.runs, before + 1);
  });

  // ray: remote-function-options, option-values
  it("remote() refuses unknown options and wrong values at the declaration, naming them", () => {
    const cases: [Record<string, unknown>, typeof TypeError | typeof RangeError, string[]][] = [
      [{ maxConcurency: 1 }, TypeError, ["maxConcurency", "maxConcurrency"]],
      [{ maxConcurrency: "2" }, TypeError, ["maxConcurrency", '"2"']],
      [{ maxConcurrency: 0 }, RangeError, ["maxConcurrency", "0"]],
      [{ maxConcurrency: 1.5 }, RangeError, ["1.5"]],
      [{ maxConcurrency: NaN }, RangeError, ["NaN"]],
      [{ maxPendingCalls: 0 }, RangeError, ["maxPendingCalls", "0"]],
      [{ maxPendingCalls: -1 }, RangeError, ["maxPendingCalls", "-1"]],
      [{ maxPendingCalls: "1" }, TypeError, ["maxPendingCalls", '"1"', "integer"]],
      [{ placement: "nowhere" }, RangeError, ["nowhere", "thread", "inline"]],
      [{ placement: 5 }, TypeError, ["placement", "5"]],
      [{ concurrencyGroups: ["io"] }, TypeError, ["concurrencyGroups"]],
      [{ concurrencyGroups: { io: 0 } }, RangeError, ["concurrencyGroups", "io"]],
      [{ module: "not a url" }, RangeError, ["module", "not a url"]],
      [{ module: 1 }, TypeError, ["module"]],
    ];
    for (const [options, Class, parts] of cases) {
      class Refused extends Actor {
        async run(): Promise<void> {}
      }
      for (
        const error of [
          assertThrows(() => remote(Refused, options), Class),
          assertThrows(
            () => remote(options)(Refused, { kind: "class", addInitializer() {} } as never),
            Class,
          ),
        ]
      ) {
        for (const part of parts) assertStringIncludes(error.message, part);
      }
      if ("module" in options || "concurrencyGroups" in options) continue;
      const error = assertThrows(() => classes.Base.options(options as never), Class);
      for (const part of [...parts, "Base"]) assertStringIncludes(error.message, part);
    }
  });

  // ray: call-options
  it("options() refuses options that belong to the declaration", () => {
    for (const name of ["module", "concurrencyGroups"]) {
      assertThrows(() => classes.Base.options({ [name]: {} } as never), TypeError, name);
    }
  });

  it("remote() refuses two classes of one name in one module", () => {
    const declare = () => {
      class Double extends Actor {}
      remote(Double);
    };
    declare();
    const error = assertThrows(declare, TypeError);
    for (const part of ["Double", "declaring_test.ts"]) assertStringIncludes(error.message, part);
  });

  it("remote() takes the same class twice", () => {
    class Same extends Actor {}
    remote(Same);
    remote(Same);
  });

  it("remote() refuses a class without a name", () => {
    const loose = remote as (cls: unknown) => void;
    assertThrows(() => loose(class {}), TypeError, "name");
    assertThrows(() => loose(class extends Actor {}), TypeError, "name");
  });

  it("remote() refuses methods whose names handles need", () => {
    class Thenable extends Actor {
      then(): number {
        return 1;
      }
    }
    class Identified extends Actor {
      actorId(): string {
        return "mine";
      }
    }
    assertThrows(() => remote(Thenable), TypeError, "then");
    assertThrows(() => remote(Identified), TypeError, "actorId");
  });

  // ray: method-decorator
  it("@method refuses unknown options, statics and private members", () => {
    const loose = method as (options: unknown) => ReturnType<typeof method>;
    assertThrows(() => loose({ concurrencyGrup: "io" }), TypeError, "concurrencyGrup");
    assertThrows(() => loose({ concurrencyGroup: 1 }), TypeError, "concurrencyGroup");
    assertThrows(() => loose({ concurrencyGroup: "" }), RangeError, "concurrencyGroup");
    assertThrows(
      () => {
        class WithStatic extends Actor {
          // @ts-expect-error A static method is not remote.
          @method({ concurrencyGroup: "io" })
          static run(): void {}
        }
        return WithStatic;
      },
      TypeError,
      "run",
    );
  });

  it("remote() called as a legacy decorator says what to change", () => {
    class Legacy extends Actor {}
    const decorator = remote({}) as unknown as (cls: unknown) => void;
    assertThrows(() => decorator(Legacy), TypeError, "experimentalDecorators");
    const error = assertThrows(
      () =>
        (method({ concurrencyGroup: "io" }) as unknown as (proto: unknown, name: string) => void)({}, "run"),
      TypeError,
    );
    assert(error.message.includes("experimentalDecorators"));
  });
});

/** How `then` of a ref tells the engine's waits from the program's, and that both get what they would get of a promise. */
import { put, shutdown, TaskError } from "@manta/ray";
import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { AsyncLocalStorage } from "node:async_hooks";
import { isEngines } from "../../lib/objects/following.ts";
import { Counter, Thrower } from "./following_actors.ts";

describe("isEngines()", () => {
  it("is true for what await, Promise.all and new Promise hand on", async () => {
    const seen: boolean[] = [];
    const thenable = {
      then(resolve: (value: number) => void, reject: (reason: unknown) => void): void {
        seen.push(isEngines(resolve), isEngines(reject));
        resolve(1);
      },
    };
    await thenable;
    await Promise.all([thenable]);
    await new Promise((resolve) => seen.push(isEngines(resolve)) && resolve(undefined));
    assertEquals(seen, [true, true, true, true, true]);
  });

  it("is false for functions of the program's, and for what is none", () => {
    function named(): void {}
    const own = [named, () => {}, async () => {}, class {}, named.bind(null), [].push, undefined, null, 1];
    assertEquals(own.map(isEngines), own.map(() => false));
  });
});

describe("then() of a ref", () => {
  afterEach(shutdown);

  it("gives a promise of what the callback returns, pending or settled", async () => {
    const counter = Counter.remote();
    const pending = counter.next.remote();
    const chained = pending.then((value) => value + 10, () => 0);
    assertInstanceOf(chained, Promise);
    assertEquals(await chained, 11);
    assertEquals(await pending.then((value) => value + 10, () => 0), 11);
    assertEquals(
      await Thrower.remote().fail.remote().then(() => 0, (error) => error instanceof TaskError),
      true,
    );
  });

  it("calls bound functions from a microtask, and gives what they return", async () => {
    const ref = put(1);
    let isCalled = false;
    const add = function add(this: { by: number }, value: number): number {
      isCalled = true;
      return value + this.by;
    }.bind({ by: 2 });
    const chained = ref.then(add, add as () => number);
    assert(!isCalled);
    assertEquals(await chained, 3);
  });

  it("settles a promise whose own functions it is given, and can be waited for itself", async () => {
    const counter = Counter.remote();
    const waited: unknown[] = [];
    const value = await new Promise((resolve, reject) => {
      const followed = counter.next.remote().then(resolve, reject);
      waited.push(followed.then((result) => result), followed.finally(() => {}), followed.catch(() => 1));
    });
    assertEquals(value, 1);
    assertEquals(await Promise.all(waited), [undefined, undefined, undefined]);
    const thrown = await new Promise((resolve, reject) =>
      Thrower.remote().fail.remote().then(resolve, reject)
    )
      .catch((error) => error);
    assertInstanceOf(thrown, TaskError);
  });

  it("keeps the caller's AsyncLocalStorage, in callbacks and after an await", async () => {
    const storage = new AsyncLocalStorage<string>();
    const counter = Counter.remote();
    await storage.run("mine", async () => {
      const ref = counter.next.remote();
      assertEquals(await ref.then(() => storage.getStore(), () => "failed"), "mine");
      await counter.next.remote();
      assertStrictEquals(storage.getStore(), "mine");
    });
  });
});

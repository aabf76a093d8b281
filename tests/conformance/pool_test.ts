import {
  type ActorHandle,
  GetTimeoutError,
  kill,
  type ObjectRef,
  put,
  shutdown,
  TaskError,
} from "@manta/ray";
import { ActorPool, asCompleted } from "@manta/ray/util";
import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { AsyncEcho, Busy, Echo, Log } from "./actors.ts";
import { type Fence, reached, rejection, signal } from "./fence.ts";
import { type Place, PLACES } from "./places.ts";

for (const place of PLACES) describe(`ActorPool, ${place.name}`, () => pools(place));

function pools({ placement, newFence }: Place): void {
  afterEach(shutdown);

  const echoes = (count: number): ActorHandle<Echo>[] =>
    Array.from({ length: count }, () => Echo.options({ placement }).remote());
  const echo = (actor: ActorHandle<Echo>, value: number): ObjectRef<unknown> => actor.echo.remote(value);

  /** Answers once cell 1 of its fence was signalled; cell 0 counts those that have begun. */
  const hold = (actor: ActorHandle<AsyncEcho>, [fence, value]: [Fence, unknown]): ObjectRef<unknown> =>
    actor.after.remote(fence, value);
  const holders = (count: number): ActorHandle<AsyncEcho>[] =>
    Array.from({ length: count }, () => AsyncEcho.options({ placement }).remote());

  // ray: actor-pool
  it("map() gives results in the order of the values, with more values than actors", async () => {
    const values = Array.from({ length: 50 }, (_, i) => i);
    assertEquals(await Array.fromAsync(new ActorPool(echoes(3)).map(echo, values)), values);
  });

  // ray: actor-pool, map-unordered
  it("mapUnordered() gives each result once, the first one that is there first", async () => {
    const [slow, quick] = [newFence(), newFence()];
    const pool = new ActorPool(holders(2));
    const results = pool.mapUnordered(hold, [[slow, "slow"], [quick, "quick"]]);
    signal(quick, 1);
    assertEquals((await results.next()).value, "quick");
    signal(slow, 1);
    assertEquals(await Array.fromAsync(results), ["slow"]);
  });

  // ray: actor-pool
  it("an actor has one call at a time, and gets the next one before its result is taken", async () => {
    const busy = Busy.options({ placement }).remote();
    const fences = [newFence(), newFence(), newFence()];
    const pool = new ActorPool([busy]);
    for (const fence of fences) pool.submit((actor, name: string) => actor.enter.remote(fence, name), "x");
    for (const fence of fences) {
      assertFalse(pool.hasFree());
      await reached(fence, 0);
      signal(fence, 1);
    }
    for (let i = 0; i < 3; i++) await pool.getNext();
    assertEquals(await busy.most.remote(), 1);
    assert(pool.hasFree());
    assertFalse(pool.hasNext());
  });

  // ray: actor-pool
  it("getNext() keeps the order of submit(), getNextUnordered() that of the ends", async () => {
    const [first, second] = [newFence(), newFence()];
    const pool = new ActorPool(holders(2));
    pool.submit(hold, [first, "first"]);
    pool.submit(hold, [second, "second"]);
    signal(second, 1);
    assertEquals(await pool.getNextUnordered(), "second");
    const error = await assertRejects(() => pool.getNext(), RangeError);
    assertEquals(error.message.includes("getNextUnordered()"), true);
    signal(first, 1);
    assertEquals(await pool.getNextUnordered(), "first");
    pool.submit(hold, [first, "again"]);
    assertEquals(await pool.getNext(), "again");
  });

  it("two that wait at once get two results", async () => {
    const pool = new ActorPool(echoes(2));
    for (const value of [1, 2]) pool.submit(echo, value);
    assertEquals(await Promise.all([pool.getNext(), pool.getNext()]), [1, 2]);
    for (const value of [3, 4]) pool.submit(echo, value);
    const both = await Promise.all([pool.getNextUnordered(), pool.getNextUnordered()]);
    assertEquals(both.sort(), [3, 4]);
  });

  // ray: actor-pool
  it("a wait that gives up leaves its result to the next", async () => {
    const fence = newFence();
    const pool = new ActorPool(holders(1));
    pool.submit(hold, [fence, "late"]);
    await assertRejects(() => pool.getNext({ timeout: 0 }), GetTimeoutError, "within 0 ms");
    await assertRejects(() => pool.getNextUnordered({ timeout: 1 }), GetTimeoutError, "within 1 ms");
    const reason = new Error("enough");
    assertEquals(await rejection(pool.getNext({ signal: AbortSignal.abort(reason) })), reason);
    assert(pool.hasNext());
    signal(fence, 1);
    assertEquals(await pool.getNext({ timeout: 60_000, signal: new AbortController().signal }), "late");
  });

  it("a failed call rejects its own result only, and its actor goes on", async () => {
    const log = Log.options({ placement }).remote();
    const pool = new ActorPool([log]);
    pool.submit((actor) => actor.fail.remote(), undefined);
    pool.submit((actor, value: string) => actor.append.remote(value), "after");
    assertInstanceOf(await rejection(pool.getNext()), TaskError);
    await pool.getNext();
    assertEquals(await log.entries.remote(), ["after"]);
  });

  it("a dead actor's calls reject, and nothing hangs", async () => {
    const [actor] = echoes(1);
    const pool = new ActorPool([actor]);
    await kill(actor);
    for (const value of [1, 2, 3]) pool.submit(echo, value);
    for (let i = 0; i < 3; i++) {
      assertEquals(((await rejection(pool.getNext())) as Error).name, "ActorDiedError");
    }
  });

  // ray: actor-pool
  it("push() and popIdle() change who works", async () => {
    const [first, second] = echoes(2);
    const pool = new ActorPool<ActorHandle<Echo>>([]);
    pool.submit(echo, 1);
    assertFalse(pool.hasFree());
    pool.push(first);
    assertEquals(await pool.getNext(), 1);
    assertThrows(() => pool.push(first), RangeError, "has it already");
    assertEquals(pool.popIdle(), first);
    assertEquals(pool.popIdle(), undefined);
    pool.push(second);
    pool.push(first);
    assertEquals(await Array.fromAsync(pool.map(echo, [1, 2])), [1, 2]);
  });

  // ray: actor-pool
  it("map() drops results that were not taken", async () => {
    const pool = new ActorPool(echoes(1));
    for (const value of [1, 2, 3]) pool.submit(echo, value);
    assertEquals(await Array.fromAsync(pool.map(echo, [4, 5])), [4, 5]);
    await assertRejects(() => pool.getNext(), RangeError, "has been taken");
    await assertRejects(() => pool.getNextUnordered(), RangeError, "has been taken");
  });

  // ray: actor-pool
  it("what is no actor, no function and no ref is refused, and costs no actor", async () => {
    const [actor] = echoes(1);
    assertThrows(() => new ActorPool([actor, {}]), TypeError, "expected the handle of an actor");
    assertThrows(() => new ActorPool([actor, actor]), RangeError, "has it already");
    const pool = new ActorPool([actor]);
    assertThrows(() => pool.submit(1 as never, 1), TypeError, "expected a function");
    assertThrows(() => pool.submit((() => 7) as never, 1), TypeError, "returned 7");
    const thrown = new Error("from the function");
    const fail = (): never => {
      throw thrown;
    };
    assertEquals(assertThrows(() => pool.submit(fail, 1)), thrown);
    pool.submit(echo, 1);
    pool.submit(fail, 2);
    assertEquals(await pool.getNext(), 1);
    assertEquals(await rejection(pool.getNext()), thrown);
    await assertRejects(() => pool.getNext({ timeout: -1 }), RangeError, '"timeout"');
    assert(pool.hasFree());
  });
}

for (const place of PLACES) describe(`asCompleted(), ${place.name}`, () => completions(place));

function completions({ placement, newFence }: Place): void {
  afterEach(shutdown);

  // ray: as-completed
  it("gives values as they become ready", async () => {
    const fences = [newFence(), newFence(), newFence()];
    const actor = AsyncEcho.options({ placement }).remote();
    const values = asCompleted(fences.map((fence, index) => actor.after.remote(fence, index)));
    for (const index of [1, 2, 0]) {
      signal(fences[index], 1);
      assertEquals((await values.next()).value, index);
    }
    assertEquals(await values.next(), { value: undefined, done: true });
  });

  // ray: as-completed
  it("throws the error of a failed ref, which with yieldRefs ends nothing", async () => {
    const log = Log.options({ placement }).remote();
    const refs = [log.fail.remote(), put(1)];
    assertInstanceOf(await rejection(Array.fromAsync(asCompleted(refs))), TaskError);
    const ready = await Array.fromAsync(asCompleted(refs, { yieldRefs: true }));
    assertEquals(new Set(ready), new Set<ObjectRef<unknown>>(refs));
  });

  it("ends when its signal aborts, also in the midst of a wait", async () => {
    const actor = AsyncEcho.options({ placement }).remote();
    const fence = newFence();
    const controller = new AbortController();
    const values = asCompleted([actor.after.remote(fence, 1), put(2)], { signal: controller.signal });
    assertEquals((await values.next()).value, 2);
    const next = rejection(values.next());
    await reached(fence, 0);
    const reason = new Error("enough");
    controller.abort(reason);
    assertEquals(await next, reason);
    signal(fence, 1);
  });

  it("may be left early, and takes many refs", async () => {
    const actor = Echo.options({ placement }).remote();
    const refs = Array.from({ length: 2_000 }, (_, i) => actor.echo.remote(i));
    const seen = new Set<unknown>();
    for await (const value of asCompleted(refs)) {
      seen.add(value);
      if (seen.size === 1_500) break;
    }
    assertEquals(seen.size, 1_500);
    assertEquals((await Array.fromAsync(asCompleted(refs))).length, 2_000);
    assertEquals(await Array.fromAsync(asCompleted([])), []);
  });

  it("refuses what is no ref, and a ref given twice", () => {
    const ref = put(1);
    assertThrows(() => asCompleted([ref, 1 as never]), TypeError, "at index 1");
    assertThrows(() => asCompleted(1 as never), TypeError, "loop over 1");
    assertThrows(() => asCompleted([ref, ref]), RangeError, "twice");
  });
}

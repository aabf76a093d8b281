import { ActorDiedError, type ActorHandle, DriverCodeInWorkerError, init, kill, shutdown } from "@manta/ray";
import { assert, assertEquals, assertInstanceOf, assertStringIncludes, assertThrows } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { currentThread } from "../../lib/runtime/current.ts";
import { Careless } from "./careless_module.ts";
import { keep, newFence, reached, rejection, signal, within } from "./fence.ts";
import { PLACES } from "./places.ts";
import { Parent } from "./lifecycle_actors.ts";
import { Caller, Late, Maker, Neighbour, OnPool } from "./pool_placement_actors.ts";
import { Amount, Slow } from "./slow_module.ts";

const onPool = (refusal?: string): ActorHandle<Neighbour> =>
  Neighbour.options({ placement: "pool" }).remote(refusal);
const crowd = (count: number): ActorHandle<Neighbour>[] => Array.from({ length: count }, () => onPool());
const where = (actor: ActorHandle<Neighbour>): PromiseLike<string> => actor.where.remote();
const load = (): number => {
  const { pool, peers } = currentThread()!;
  return peers.all().filter(({ peer }) => pool.table.has(peer))
    .reduce((sum, { peer }) => sum + pool.table.load(peer), 0);
};

/** An actor's thread has to hear of its maker's end first. */
async function untilEnded(actor: ActorHandle<Neighbour>): Promise<never> {
  for (;;) await actor.count.remote();
}

async function died(what: string, promise: PromiseLike<unknown>, reason: string): Promise<ActorDiedError> {
  const error = await within(10_000, what, rejection(promise));
  assertInstanceOf(error, ActorDiedError, `${what}: ${error}`);
  assertStringIncludes(error.message, reason, what);
  return error;
}

describe("the pool", () => {
  afterEach(shutdown);

  // ray: place-pool
  it("spreads actors evenly over as many threads as init() says", async () => {
    await init({ poolThreads: 3 });
    const places = await Promise.all(crowd(12).map(where));
    const here = await Neighbour.options({ placement: "inline" }).remote().where.remote();
    const counts = [...new Set(places)].map((place) => places.filter((other) => other === place).length);
    assertEquals(counts, [4, 4, 4]);
    assert(!places.includes(here));
  });

  // ray: place-pool
  it("starts threads as they are needed", async () => {
    await init({ poolThreads: 3 });
    const threads = (): number => currentThread()!.peers.all().length;
    assertEquals(threads(), 0);
    const first = onPool();
    await first.count.remote();
    assertEquals(threads(), 1);
    await onPool().count.remote();
    assertEquals(threads(), 2);
  });

  // ray: place-pool
  it("gives a new actor to the thread with the fewest that live", async () => {
    await init({ poolThreads: 2 });
    const actors = crowd(8);
    const places = await Promise.all(actors.map(where));
    for (const [i, place] of places.entries()) if (place === places[0]) await kill(actors[i]);
    const later = await Promise.all(crowd(4).map(where));
    assertEquals(later, [places[0], places[0], places[0], places[0]]);
  });

  it("is what a class says it is for", async () => {
    await init({ poolThreads: 1 });
    assertEquals(await OnPool.remote().where.remote(), await onPool().where.remote());
    const elsewhere = await OnPool.options({ placement: "thread" }).remote().where.remote();
    assert(elsewhere !== await OnPool.remote().where.remote());
  });

  for (const { name, placement } of PLACES.filter(({ isOfProgram }) => isOfProgram)) {
    it(`is one for all threads: actors made by an actor, ${name}`, async () => {
      await init({ poolThreads: 2 });
      const makers = [0, 1, 2].map(() => keep(Maker.options({ placement }).remote()));
      const places = (await Promise.all(makers.map((maker) => maker.wheres.remote(4)))).flat();
      const mine = await Promise.all(crowd(4).map(where));
      assertEquals(new Set([...places, ...mine]).size, 2);
      // Each maker's handle, passed on, is called by the driver.
      const made = await Promise.all(makers.map((maker) => maker.make.remote()));
      for (const actor of made) assertEquals(await actor.count.remote(), 1);
      for (const actor of made) await within(10_000, "kill", kill(actor));
      await died("killed", made[0].count.remote(), "killed");
    });
  }

  // ray: init-options
  it("init() refuses wrong values of poolThreads, naming it", () => {
    const loose = init as (options: unknown) => unknown;
    assertThrows(() => loose({ poolThreads: "2" }), TypeError, "poolThreads");
    for (const poolThreads of [0, -1, 1.5, NaN, Infinity]) {
      assertThrows(() => loose({ poolThreads }), RangeError, "poolThreads");
    }
    assertThrows(() => loose({ threads: 1 }), TypeError, "poolThreads");
  });

  it("keeps the work of an actor's neighbours in order when it is killed", async () => {
    await init({ poolThreads: 1 });
    const [victim, neighbour] = crowd(2);
    const before = neighbour.count.remote();
    await victim.count.remote();
    await kill(victim);
    assertEquals(await before, 1);
    assertEquals(await neighbour.count.remote(), 2);
    await died("victim", victim.count.remote(), "it was killed");
  });

  // ray: place-pool-apart, init-failure
  it("ends only the actor whose constructor throws", async () => {
    await init({ poolThreads: 1 });
    const [neighbour, failing] = [onPool(), onPool("no")];
    const error = await died("failing", failing.count.remote(), "its constructor threw");
    assertInstanceOf(error.cause, RangeError);
    assertEquals(error.cause.message, "no");
    assertEquals(await neighbour.count.remote(), 1);
    assertEquals(await onPool().where.remote(), await neighbour.where.remote());
  });

  // ray: place-pool-apart
  it("loses a thread with all of its actors to an error in a timer, and has another one then", async () => {
    await init({ poolThreads: 2 });
    const actors = crowd(4);
    const places = await Promise.all(actors.map(where));
    await actors[0].throwLater.remote("out of a timer");
    for (const [i, actor] of actors.entries()) {
      if (places[i] !== places[0]) continue;
      const error = await (async () => {
        for (;;) await actor.count.remote();
      })().catch((error) => error);
      assertInstanceOf(error, ActorDiedError);
      assertStringIncludes(error.message, "its thread crashed with RangeError: out of a timer");
    }
    const other = actors[places.findIndex((place) => place !== places[0])];
    assertEquals(await other.count.remote(), 1);
    const later = await Promise.all(crowd(4).map(where));
    assertEquals(new Set([...later, ...places]).size, 3);
    assert(!later.includes(places[0]));
  });

  // ray: place-pool-owner, owner-fate
  it("ends the actors of an actor that has ended, and no others", async () => {
    await init({ poolThreads: 1 });
    const [maker, other] = [0, 1].map(() => keep(Maker.options({ placement: "thread" }).remote()));
    const [child, kept] = await Promise.all([maker.make.remote(), other.make.remote()]);
    const mine = onPool();
    for (const actor of [child, kept, mine]) assertEquals(await actor.count.remote(), 1);
    await kill(maker);
    await died("child", untilEnded(child), "has died");
    // The thread has said why before it refused that call.
    await died("child", child.count.remote(), "the actor that made it has ended");
    for (const actor of [kept, mine]) assertEquals(await actor.count.remote(), 2);
  });

  // ray: place-pool-owner
  it("ends what an actor has made when it is killed, also after an await, and nothing else", async () => {
    await init({ poolThreads: 2 });
    const makers = [0, 1].map(() => keep(Maker.options({ placement: "pool" }).remote()));
    const fence = newFence();
    const [family, others] = await Promise.all(makers.map((maker) => maker.family.remote()));
    for (const child of [...family, ...others]) assertEquals(await child.count.remote(), 1);
    const busy = makers[0].familyLater.remote(fence, family[0]);
    await reached(fence, 1);
    await kill(makers[0]);
    for (const [i, child] of family.entries()) {
      await died(`child ${i}`, untilEnded(child), "has died");
      await died(`child ${i}`, child.count.remote(), "the actor that made it has ended");
    }
    await died("busy", busy, "killed");
    // What goes on in a dead actor makes actors in vain.
    signal(fence, 0);
    await reached(fence, 2);
    for (const child of others) assertEquals(await child.count.remote(), 2);
  });

  // ray: place-pool-early
  it("keeps calls for an actor of which its maker has not told", async () => {
    await init({ poolThreads: 1 });
    const fence = newFence();
    // Who calls knows the thread already, and is not behind the maker.
    const caller = keep(Caller.options({ placement: "pool" }).remote());
    const outer = keep(Caller.options({ placement: "thread" }).remote());
    const known = Late.options({ placement: "pool" }).remote("known");
    for (const one of [caller, outer]) assertEquals(await one.call.remote({ late: known }), "known");
    const late = await keep(Maker.options({ placement: "thread" }).remote()).makeLate.remote(fence);
    const calls = [caller.call.remote(late), outer.call.remote(late), late.late.value.remote()];
    signal(fence, 0);
    assertEquals(await Promise.all(calls), ["through", "through", "through"]);
  });

  // ray: place-pool-early
  it("makes no actor that was killed before its arguments were there", async () => {
    await init({ poolThreads: 1 });
    const fence = newFence();
    const made = Late.options({ placement: "pool" }).remote("first");
    assertEquals(await made.made.remote(), 1);
    const maker = keep(Maker.options({ placement: "thread" }).remote());
    const late = await maker.makeLate.remote(fence);
    const message = await within(10_000, "kill", Caller.remote().kill.remote(late));
    assertStringIncludes(message, "killed");
    signal(fence, 0);
    await died("late", late.late.value.remote(), "killed");
    // Its maker has told by now of another one, which is behind it.
    const next = await maker.makeLate.remote(fence);
    assertEquals(await next.late.made.remote(), 2);
  });

  // ray: place-pool-early
  it("rejects calls for an actor whose maker ends before its arguments are there", async () => {
    await init({ poolThreads: 1 });
    const maker = keep(Maker.options({ placement: "thread" }).remote());
    const { late } = await maker.makeLate.remote(newFence());
    const call = late.value.remote();
    await kill(maker);
    await died("call", call, "has died");
    await died("later", late.value.remote(), "the actor that made it has ended");
  });

  it("gives DeadlockError where an actor blocks on one of its own thread, and not else", async () => {
    await init({ poolThreads: 2 });
    const actors = crowd(4);
    const places = await Promise.all(actors.map(where));
    const same = actors[places.lastIndexOf(places[0])];
    const other = actors[places.findIndex((place) => place !== places[0])];
    const error = await rejection(actors[0].block.remote(same));
    assertStringIncludes(String(error), "DeadlockError");
    assertEquals(await actors[0].block.remote(other), 1);
  });

  it("goes on with its actors while it loads a module", async () => {
    await init({ poolThreads: 1 });
    const fence = newFence();
    await onPool().prepare.remote({ poolFence: fence });
    const maker = keep(Maker.options({ placement: "pool" }).remote());
    const work = maker.workWhile.remote(fence);
    await reached(fence, 2);
    const slow = Slow.options({ placement: "pool" }).remote(new Amount(1));
    const calls = [2, 3].map((units) => slow.add.remote(new Amount(units)));
    assertEquals(await within(10_000, "work", work), 22);
    assertEquals(await onPool().count.remote(), 1);
    assertEquals(Atomics.load(fence, 1), 0);
    signal(fence, 1);
    assertEquals(await Promise.all(calls), [6, 8]);
  });

  it("ends an actor that is killed while its module is loaded", async () => {
    await init({ poolThreads: 1 });
    const fence = newFence();
    await onPool().prepare.remote({ poolFence: fence });
    const slow = Slow.options({ placement: "pool" }).remote(new Amount(1));
    const call = slow.add.remote(new Amount(2));
    await reached(fence, 0);
    await within(10_000, "kill", kill(slow));
    await died("call", call, "killed");
    signal(fence, 1);
    assertEquals(
      await Slow.options({ placement: "pool" }).remote(new Amount(4)).add.remote(new Amount(1)),
      10,
    );
    await died("later", slow.add.remote(new Amount(2)), "killed");
  });

  it("refuses driver code in a module that it loads, and ends only the actor that is made", async () => {
    await init({ poolThreads: 1 });
    const neighbour = onPool();
    await neighbour.prepare.remote({ poolIsCareless: true });
    const error = await died("careless", Careless.remote().ping.remote(), "its module could not be loaded");
    assertInstanceOf(error.cause, DriverCodeInWorkerError);
    assertEquals(await neighbour.count.remote(), 1);
  });

  it("keeps nothing of actors that have ended", async () => {
    await init({ poolThreads: 1 });
    const witness = onPool();
    const before = await witness.living.remote();
    for (let round = 0; round < 5; round++) {
      const actors = crowd(100);
      for (const actor of actors) assertEquals(await actor.count.remote(), 1);
      assertEquals(await witness.living.remote(), before + 100);
      await Promise.all(actors.map((actor) => kill(actor)));
      assertEquals(await witness.living.remote(), before);
      assertEquals(load(), 1);
      await died("late", actors[0].count.remote(), "killed");
    }
  });

  it("ends at shutdown() though it is busy, and with it all of its actors", async () => {
    const parent = keep(Parent.options({ placement: "pool" }).remote());
    const fence = newFence();
    const [, pending] = await parent.refs.remote(fence);
    const awaited = rejection(pending);
    await reached(fence, 0);
    await within(20_000, "shutdown", shutdown());
    await within(10_000, "pending", awaited);
    await died("later", parent.ping.remote(), "shut down");
  });
});

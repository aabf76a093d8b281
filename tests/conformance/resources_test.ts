import {
  ActorDiedError,
  type ActorHandle,
  type ActorOptions,
  cancel,
  get,
  getActor,
  getSync,
  GetTimeoutError,
  init,
  kill,
  listActors,
  type ObjectRef,
  remote,
  shutdown,
  TaskCancelledError,
} from "@manta/ray";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { AsyncEcho } from "./actors.ts";
import { block, countOf, keep, newFence, reached, rejection, signal, within } from "./fence.ts";
import { PLACES } from "./places.ts";
import {
  awaits,
  blocks,
  busy,
  Counted,
  crowd,
  Holder as HolderClass,
  Maker,
  meet,
  nested,
  Visitor,
} from "./resource_actors.ts";

type Holder = HolderClass;
/** Whoever holds or waits for a resource has a handle to the end of its test. */
const Holder = {
  options: (options: ActorOptions) => {
    const maker = HolderClass.options(options);
    return {
      remote: (...args: Parameters<typeof maker.remote>): ActorHandle<HolderClass> =>
        keep(maker.remote(...args)),
    };
  },
  remote: (...args: Parameters<typeof HolderClass.remote>): ActorHandle<HolderClass> =>
    keep(HolderClass.remote(...args)),
};

/** Longer than a machine that others use may stand still. */
const LONG = 50_000;

/** Fails unless an actor waits for resources: a short wait for a call of it says so. */
async function assertWaits(holder: ActorHandle<Holder>, what: string): Promise<void> {
  const error = await rejection(get(holder.ping.remote(), { timeout: 30 }));
  assertInstanceOf(error, GetTimeoutError);
  assertStringIncludes(error.message, `has not begun, and waits for ${what}`);
  assertEquals(error.activity?.waitsFor, what);
}

async function stateOf({ actorId }: ActorHandle<Holder>): Promise<string | undefined> {
  return (await listActors()).find((actor) => actor.actorId === actorId)?.state;
}

async function pings(holder: ActorHandle<Holder>): Promise<void> {
  assertEquals(await within(LONG, "a ping", holder.ping.remote()), "pong");
}

/** Those where what `init` says counts. */
const COUNTED = PLACES.filter(({ countsInit }) => countsInit);

for (const { name, placement, isApart, isAlone, sharesMemory } of COUNTED) {
  describe(`resources of actors, ${name}`, () => {
    afterEach(shutdown);
    const make = (numCpus = 1, resources?: Record<string, number>): ActorHandle<Holder> =>
      Holder.options({ placement, numCpus, resources }).remote();

    // ray: option-num-cpus, resources, init-options
    it("an actor waits for CPUs until another one is killed; its calls wait, and it is pending", async () => {
      await init({ numCpus: 2 });
      const first = make(1.5);
      await pings(first);
      const second = make();
      const early = second.ping.remote();
      await assertWaits(second, "1 of 2 CPUs");
      assertEquals([await stateOf(first), await stateOf(second)], ["ALIVE", "PENDING_CREATION"]);
      if (isAlone) {
        // Its thread is not started, and nobody waits for what it would say.
        const [listed] = await listActors({ filter: { state: "PENDING_CREATION" } });
        assertEquals([listed.actorId, listed.isStale, listed.queued], [second.actorId, false, 2]);
      }
      await kill(first);
      assertEquals(await within(LONG, "the call", early), "pong");
      assertEquals(await stateOf(second), "ALIVE");
    });

    // ray: option-num-cpus, resources
    it("custom resources are counted by name, beside the CPUs", async () => {
      await init({ numCpus: 1, resources: { printer: 1, disk: 0.5 } });
      const printing = make(0, { printer: 1 });
      await pings(printing);
      const both = make(0.5, { printer: 0.5, disk: 0.5 });
      await assertWaits(both, '0.5 of 1 CPU and 0.5 of 0.5 "disk" and 0.5 of 1 "printer"');
      // It waits for no disk, but for the printer: a disk is free.
      const storing = make(0, { disk: 0.5 });
      await pings(storing);
      await kill(printing);
      await assertWaits(both, '0.5 of 1 CPU and 0.5 of 0.5 "disk" and 0.5 of 1 "printer"');
      await kill(storing);
      await pings(both);
    });

    it("resources come back when an actor ends itself, cannot be made, or is disposed of", async () => {
      await init({ numCpus: 1 });
      const exiting = make();
      await rejection(exiting.exit.remote());
      const failing = Holder.options({ placement, numCpus: 1 }).remote(undefined, true);
      assertInstanceOf(await within(LONG, "the failure", rejection(failing.ping.remote())), ActorDiedError);
      {
        await using disposed = make();
        await pings(disposed);
      }
      await pings(make());
    });

    it("kill() ends an actor that waits, and those behind it go on", async () => {
      await init({ numCpus: 2 });
      const first = make();
      await pings(first);
      const large = make(2);
      const call = large.ping.remote();
      const small = make();
      await assertWaits(small, "1 of 2 CPUs");
      await within(LONG, "kill", kill(large));
      const error = await within(LONG, "the call", rejection(call));
      assertInstanceOf(error, ActorDiedError);
      assertStringIncludes(error.message, "it was killed");
      await pings(small);
    });

    it("a disposal ends an actor that waits and has no calls", async () => {
      await init({ numCpus: 1 });
      const first = make();
      await pings(first);
      {
        await using waiting = make();
        void waiting;
      }
      await kill(first);
      await pings(make());
    });

    it("shutdown() ends actors that wait", async () => {
      await init({ numCpus: 1 });
      await pings(make());
      const call = make().ping.remote();
      await within(LONG, "shutdown", shutdown());
      assertInstanceOf(await within(LONG, "the call", rejection(call)), ActorDiedError);
    });

    it("an actor that waits ends with its maker, and the next one begins", async () => {
      await init({ numCpus: 1 });
      const first = make();
      await pings(first);
      const maker = keep(Maker.options({ placement: "thread" }).remote());
      const waiting = await within(LONG, "the handle", maker.make.remote({ placement, numCpus: 1 }));
      const call = waiting.ping.remote();
      await kill(maker);
      assertInstanceOf(await within(LONG, "the call", rejection(call)), ActorDiedError);
      const next = make();
      await kill(first);
      await pings(next);
    });

    it("a maker's end gives back what its actors had", async () => {
      await init({ numCpus: 1 });
      const maker = keep(Maker.options({ placement: "thread" }).remote());
      const made = await within(LONG, "the handle", maker.make.remote({ placement, numCpus: 1 }));
      if (isApart) await pings(made);
      await kill(maker);
      await pings(make());
    });

    it("an actor that a thread makes begins while that thread and the driver block", async () => {
      await init({ numCpus: 1 });
      const wish = { placement: isApart ? placement : "thread" as const, numCpus: 1 };
      const maker = keep(Maker.options({ placement: "thread" }).remote());
      assertEquals(getSync(maker.ask.remote(wish), { timeout: LONG }), "pong");
      assertEquals(getSync(maker.ask.remote(wish), { timeout: LONG }), "pong");
    });

    // They count themselves in memory.
    if (sharesMemory) {
      it("no more live at once than there is for them, made by many threads, and each has its turn", async () => {
        await init({ numCpus: 2, resources: { seat: 1.5 } });
        const fence = newFence();
        const makers = Array.from({ length: 4 }, () => Visitor.remote());
        const wish = { placement, numCpus: 0.1, resources: { seat: 0.5 } };
        const done = makers.map((maker) => maker.comeAndGo.remote(wish, fence, 5));
        for (const ref of done) await within(50_000, "a maker", ref);
        const [left, most] = fence;
        assertEquals(left, 0);
        assert(most <= 3, `${most} lived at once`);
        // All is free again.
        const all = Counted.options({ ...wish, numCpus: 2, resources: { seat: 1.5 } }).remote(newFence());
        await within(LONG, "all", rejection(all.leave.remote()));
      });
    }
  });
}

describe("resources of actors", () => {
  afterEach(shutdown);

  it("come back when the thread of an actor, or its process, crashes", async () => {
    await init({ numCpus: 1 });
    for (const placement of ["thread", "process"] as const) {
      const crashing = Holder.options({ placement, numCpus: 1 }).remote();
      await crashing.crash.remote();
      await pings(Holder.options({ numCpus: 1, lifetime: "detached", name: placement }).remote());
      await kill(await getActor<Holder>(placement));
    }
  });

  for (const { name, placement } of COUNTED.filter(({ isApart }) => isApart)) {
    // ray: resources
    it(`are kept over a restart, and come back at the end, ${name}`, async () => {
      await init({ numCpus: 1, poolThreads: 2 });
      const options = { placement, numCpus: 1, maxRestarts: 1, maxTaskRetries: -1 } as const;
      const restarted = Holder.options(options).remote();
      await restarted.crash.remote();
      await pings(restarted);
      const next = Holder.options({ numCpus: 1 }).remote();
      await assertWaits(next, "1 of 1 CPU");
      await restarted.crash.remote();
      await pings(next);
    });
  }

  it("an actor waits on when the thread of the pool crashes on which it would have lived", async () => {
    await init({ numCpus: 1, poolThreads: 1 });
    const first = Holder.options({ numCpus: 1 }).remote();
    await pings(first);
    const neighbour = Holder.options({ placement: "pool" }).remote();
    await pings(neighbour);
    const fence = newFence();
    const options = { placement: "pool", numCpus: 1, maxRestarts: 1, maxTaskRetries: -1 } as const;
    const waiting = Holder.options(options).remote(fence);
    const call = waiting.ping.remote();
    await neighbour.crash.remote();
    await within(LONG, "the crash", rejection(neighbour.hold.remote(newFence())));
    await assertWaits(waiting, "1 of 1 CPU");
    assertEquals(fence[0], 0);
    await kill(first);
    assertEquals(await within(LONG, "the call", call), "pong");
    assertEquals(fence[0], 1);
    await pings(waiting);
  });

  for (const { name, placement, newFence } of COUNTED) {
    it(`an actor that is restarted while it waits goes on waiting, ${name}`, async () => {
      await init({ numCpus: 1 });
      const first = Holder.options({ numCpus: 1 }).remote();
      await pings(first);
      const fence = newFence();
      const options = { placement, numCpus: 1, maxRestarts: 1, maxTaskRetries: -1 } as const;
      const waiting = Holder.options(options).remote(fence);
      const call = waiting.ping.remote();
      await within(LONG, "kill", kill(waiting, { noRestart: false }));
      await assertWaits(waiting, "1 of 1 CPU");
      assertEquals(countOf(fence), 0);
      await kill(first);
      assertEquals(await within(LONG, "the call", call), "pong");
      assertEquals(countOf(fence), 1);
      await within(LONG, "kill", kill(waiting));
      await pings(Holder.options({ numCpus: 1 }).remote());
    });
  }

  it("a threaded actor has them once, waits with all of its threads, and gives them back", async () => {
    await init({ numCpus: 1 });
    const threaded = Counted.options({ maxConcurrency: 2, numCpus: 1 }).remote(newFence());
    const next = Holder.options({ numCpus: 1 }).remote();
    await assertWaits(next, "1 of 1 CPU");
    const waiting = Counted.options({ maxConcurrency: 2, numCpus: 1 }).remote(newFence());
    await within(LONG, "kill", kill(waiting));
    await kill(threaded);
    await pings(next);
  });

  it("a large actor is not passed by small ones that come later", async () => {
    await init({ numCpus: 2 });
    const small = [0, 1].map(() => Holder.options({ numCpus: 1 }).remote());
    for (const holder of small) await pings(holder);
    const large = Holder.options({ numCpus: 2 }).remote();
    const later = Holder.options({ numCpus: 1 }).remote();
    await kill(small[0]);
    await assertWaits(later, "1 of 2 CPUs");
    await kill(small[1]);
    await pings(large);
    await assertWaits(later, "1 of 2 CPUs");
  });

  it("one that waits has its name, and can be found and called", async () => {
    await init({ numCpus: 1 });
    const first = Holder.options({ numCpus: 1 }).remote();
    await pings(first);
    const maker = keep(Maker.remote());
    await maker.makeDetached.remote("waiting");
    const found = await within(LONG, "getActor", getActor<Holder>("waiting"));
    const call = found.ping.remote();
    await assertWaits(found, "1 of 1 CPU");
    await kill(first);
    assertEquals(await within(LONG, "the call", call), "pong");
    await kill(maker);
    await pings(found);
  });

  it("a thread that has a handle only says that the actor waits", async () => {
    await init({ numCpus: 1 });
    await pings(Holder.options({ numCpus: 1 }).remote());
    const waiting = Holder.options({ numCpus: 1 }).remote();
    const seen = await Visitor.remote().timeoutOf.remote(waiting);
    assertStringIncludes(seen, "has not begun, and waits for resources");
  });
});

describe("resources of functions", () => {
  afterEach(shutdown);

  it("numCpus: 2 runs alone on two CPUs, numCpus: 0.5 four at once, numCpus: 0 as many as there are", async () => {
    await init({ numCpus: 2 });
    const fence = newFence();
    const pairs = Array.from({ length: 10 }, () => crowd.options({ numCpus: 2 }).remote(fence));
    for (const ref of pairs) assertEquals(await within(LONG, "a pair", ref), 1);
    const halves = newFence();
    const four = Array.from({ length: 4 }, () => meet.options({ numCpus: 0.5 }).remote(halves, 4));
    for (const ref of four) await within(LONG, "four", ref);
    const nothing = newFence();
    const six = Array.from({ length: 6 }, () => meet.options({ numCpus: 0 }).remote(nothing, 6));
    for (const ref of six) await within(LONG, "six", ref);
  });

  // ray: resources
  it("resources limit how many run at once", async () => {
    await init({ numCpus: 2, resources: { printer: 1 } });
    const fence = newFence();
    const refs = Array.from(
      { length: 20 },
      () => crowd.options({ numCpus: 0, resources: { printer: 1 } }).remote(fence),
    );
    for (const ref of refs) assertEquals(await within(LONG, "a print", ref), 1);
  });

  it("a function waits while an actor has the CPUs, and a wait for it says so", async () => {
    await init({ numCpus: 1 });
    const holder = Holder.options({ numCpus: 1 }).remote();
    await pings(holder);
    const ref = crowd.remote(newFence());
    const error = await rejection(get(ref, { timeout: 30 }));
    assertInstanceOf(error, GetTimeoutError);
    assertStringIncludes(
      error.message,
      'Cannot get "crowd" within 30 ms: it has not begun, and waits for 1 of 1 CPU',
    );
    await kill(holder);
    assertEquals(await within(LONG, "the function", ref), 1);
  });

  for (const [how, wait] of [["awaits", awaits], ["blocks", blocks]] as const) {
    for (const driver of ["awaits", "blocks"] as const) {
      it(`one that ${how} gives its CPU back meanwhile, while the driver ${driver}`, async () => {
        await init({ numCpus: 1 });
        const fence = newFence();
        const echo = AsyncEcho.remote();
        const late = echo.after.remote(fence, 5) as ObjectRef<number>;
        const waiting = wait.remote(fence, [late]);
        await reached(fence, 3);
        const other = crowd.remote(newFence());
        if (driver === "awaits") assertEquals(await within(LONG, "another", other), 1);
        else assertEquals(getSync(other, { timeout: LONG }), 1);
        signal(fence, 1);
        assertEquals(await within(LONG, "the waiting one", waiting), 5);
      });
    }
  }

  it("an actor begins with the CPU of a function that waits", async () => {
    await init({ numCpus: 1 });
    const fence = newFence();
    const late = AsyncEcho.remote().after.remote(fence, 5) as ObjectRef<number>;
    const waiting = blocks.remote(fence, [late]);
    await reached(fence, 3);
    await pings(Holder.options({ numCpus: 1 }).remote());
    signal(fence, 1);
    assertEquals(await within(LONG, "the waiting one", waiting), 5);
  });

  it("nested functions end that need more than is left", async () => {
    await init({ numCpus: 2 });
    const fence = newFence();
    const refs = [0, 1, 2].map(() => nested.remote(fence));
    for (const ref of refs) assert(await within(LONG, "nested", ref) >= 1);
  });

  it("an actor has its turn before a long queue of functions is done", async () => {
    await init({ numCpus: 1 });
    const [first, rest] = [newFence(), newFence()];
    const running = busy.remote(first);
    await reached(first);
    const refs = Array.from({ length: 300 }, () => crowd.remote(rest));
    const holder = Holder.options({ numCpus: 1 }).remote();
    signal(first, 1);
    await running;
    await pings(holder);
    // It has the CPU, and they wait.
    assertInstanceOf(await rejection(get(refs[299], { timeout: 30 })), GetTimeoutError);
    await kill(holder);
    for (const ref of refs) assertEquals(await within(LONG, "a function", ref), 1);
  });

  it("a large function has its turn between small ones", async () => {
    await init({ numCpus: 2 });
    const fence = newFence();
    const begun = newFence();
    const running = [0, 1].map(() => busy.remote(begun));
    await reached(begun, 0, 2);
    const small = Array.from({ length: 200 }, () => crowd.remote(fence));
    const large = busy.options({ numCpus: 2 }).remote(fence, 2, 3);
    signal(begun, 1);
    for (const ref of running) await ref;
    await reached(fence, 2);
    assertInstanceOf(await rejection(get(small[199], { timeout: 30 })), GetTimeoutError);
    assertEquals(fence[0], 0);
    signal(fence, 3);
    await within(LONG, "the large one", large);
    for (const ref of small) await within(LONG, "a small one", ref);
  });

  it("cancel() of one that waits lets those behind it go", async () => {
    await init({ numCpus: 2 });
    const fence = newFence();
    const running = busy.remote(fence);
    await reached(fence);
    const large = crowd.options({ numCpus: 2 }).remote(newFence());
    cancel(large);
    assertInstanceOf(await within(LONG, "the cancelled one", rejection(large)), TaskCancelledError);
    assertEquals(await within(LONG, "the next", crowd.remote(newFence())), 1);
    signal(fence, 1);
    await running;
  });
});

describe("resources that cannot be", () => {
  afterEach(shutdown);
  const loose = (options: unknown) => Holder.options(options as never);

  // ray: option-num-cpus
  it("wrong amounts and names are refused at the declaration", () => {
    assertThrows(() => loose({ numCpus: "1" }), TypeError, "numCpus");
    for (const numCpus of [-1, NaN, Infinity, 0.00001]) {
      assertThrows(() => loose({ numCpus }), RangeError, "a number from 0 on");
    }
    for (const resources of [5, [1], null, "disk"]) {
      assertThrows(() => loose({ resources }), TypeError, "an object of names and amounts");
    }
    assertThrows(() => loose({ resources: { disk: -1 } }), RangeError, '{"disk":-1}');
    assertThrows(
      () => loose({ resources: { CPU: 1 } }),
      RangeError,
      '"CPU" is what the option "numCpus" says',
    );
    assertThrows(() => loose({ resources: { GPU: 1 } }), RangeError, '"GPU" is Ray');
    assertThrows(() => remote(function never() {}, { numCpus: -1 }), RangeError, "numCpus");
    assertThrows(() => crowd.options({ resources: { "": 1 } }), RangeError, "resources");
    assertThrows(() => init({ resources: { CPU: 1 } }), RangeError, "numCpus");
    assertThrows(() => init({ resources: 1 as never }), TypeError, "of init");
  });

  // ray: option-labels, option-runtime-env
  it("a strategy or an environment that Ray could not read is refused at the declaration", () => {
    for (
      const schedulingStrategy of ["SPREED", {}, { nodeId: "xyz" }, { nodeId: "0a", soft: 1 }, { node: "0a" }]
    ) {
      assertThrows(
        () => loose({ schedulingStrategy }),
        RangeError,
        '"DEFAULT", "SPREAD" or { nodeId, soft }',
      );
    }
    assertThrows(() => loose({ schedulingStrategy: 1 }), TypeError, "schedulingStrategy");
    const cyclic: Record<string, unknown> = {};
    cyclic.self = cyclic;
    for (const runtimeEnv of ["pip", [], cyclic]) {
      assertThrows(() => loose({ runtimeEnv }), TypeError, "expected an object that JSON can hold");
    }
    assertThrows(
      () => crowd.options({ schedulingStrategy: "spread" as never }),
      RangeError,
      'Cannot use "spread" as option "schedulingStrategy" of function "crowd"',
    );
  });

  it("what only a cluster is told changes nothing elsewhere, in any thread", async () => {
    await init({ numCpus: 1 });
    const cluster = { schedulingStrategy: "SPREAD", runtimeEnv: { env_vars: { A: "1" } } } as const;
    const holder = Holder.options({ numCpus: 1, ...cluster }).remote();
    await pings(holder);
    const waiting = crowd.options(cluster).remote(newFence());
    await assertRejects(() => get(waiting, { timeout: 30 }), GetTimeoutError);
    await kill(holder);
    assertEquals(await within(LONG, "a function", waiting), 1);
    assertEquals(await within(LONG, "of a thread", Maker.remote().run.remote(cluster, newFence())), 1);
  });

  it("more than the program has is refused at the call, in every thread", async () => {
    await init({ numCpus: 2, resources: { disk: 1 } });
    assertThrows(
      () => Holder.options({ numCpus: 3 }).remote(),
      RangeError,
      'Cannot make an actor of class "Holder" with "numCpus" 3: this program has 2 in all',
    );
    assertThrows(
      () => crowd.options({ resources: { disk: 1.5 } }).remote(newFence()),
      RangeError,
      'Cannot run function "crowd" with 1.5 of resource "disk": this program has 1 in all',
    );
    const error = await rejection(Maker.remote().ask.remote({ placement: "thread", resources: { tape: 1 } }));
    assertInstanceOf(error, RangeError);
    assertStringIncludes(String(error), 'resource "tape": this program has 0 in all');
  });

  it("an actor that needs nothing never waits", async () => {
    await init({ numCpus: 1 });
    await pings(Holder.options({ numCpus: 1 }).remote());
    await pings(Holder.remote());
    await pings(Holder.options({ numCpus: 0, resources: {} }).remote());
    block(newFence(), 0, 0);
  });
});

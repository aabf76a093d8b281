import {
  ActorDiedError,
  getActor,
  kill,
  listActors,
  listNamedActors,
  listTasks,
  type ObjectRefGenerator,
  shutdown,
  summarize,
} from "@manta/ray";
import { assertEquals, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { Doubler, Waiter } from "./signals_actors.ts";
import { keep, newFence, reached, rejection, signal, within } from "./fence.ts";
import { PLACES } from "./places.ts";

/** What `begin` waits for is given up by a signal that aborts then, and by one that has aborted before. */
async function givesUp(
  begin: (signal: AbortSignal) => PromiseLike<unknown>,
  times: readonly ("before" | "then")[] = ["before", "then"],
): Promise<void> {
  for (const when of times) {
    const [controller, reason] = [new AbortController(), new Error(`given up ${when}`)];
    if (when === "before") controller.abort(reason);
    const wait = begin(controller.signal);
    controller.abort(reason);
    assertStrictEquals(await within(20_000, when, rejection(wait)), reason);
  }
}

for (const { name, placement, isAlone, newFence } of PLACES) {
  describe(`signals of waits, ${name}`, () => {
    afterEach(shutdown);

    it("next({ signal }) gives up, and the item is there for the next wait", async () => {
      const fence = newFence();
      const actor = keep(Waiter.options({ placement }).remote(fence));
      const stream = actor.items.remote() as ObjectRefGenerator<string>;
      await reached(fence, 0);
      await givesUp((signal) => stream.next({ signal }));
      const controller = new AbortController();
      const first = stream.next({ signal: controller.signal });
      const second = stream.next({});
      signal(fence, 1);
      assertEquals(await (await within(20_000, "first", first)).value, "first");
      assertEquals(await (await within(20_000, "second", second)).value, "second");
      // Too late for either.
      controller.abort(new Error("too late"));
      assertEquals((await stream.next()).done, true);
    });

    it("kill({ signal }) and shutdown({ signal }) give up the wait, and the actors end all the same", async () => {
      // Where no thread has to end, there is nothing to wait for.
      const times = isAlone ? undefined : ["before"] as const;
      await givesUp((signal) => kill(Doubler.options({ placement }).remote(), { signal }), times);
      const actor = Doubler.options({ placement }).remote();
      assertEquals(await actor.double.remote(2), 4);
      const controller = new AbortController();
      controller.abort(new Error("enough"));
      const killed = kill(actor, { signal: controller.signal });
      assertEquals((await rejection(killed) as Error).message, "enough");
      assertInstanceOf(await rejection(actor.double.remote(2)), ActorDiedError);
      const calls: PromiseLike<number>[] = [];
      await givesUp((signal) => {
        calls.push(Doubler.options({ placement }).remote().double.remote(1));
        return shutdown({ signal });
      }, times);
      for (const call of calls) assertInstanceOf(await rejection(call), ActorDiedError);
      await kill(Doubler.options({ placement }).remote(), { signal: new AbortController().signal });
    });
  });
}

describe("signals of waits", () => {
  afterEach(shutdown);

  it("getActor() and listNamedActors() give up", async () => {
    const actor = keep(Doubler.options({ name: "doubler" }).remote());
    await givesUp((signal) => getActor("doubler", { signal }));
    await givesUp((signal) => listNamedActors({ signal }));
    const { signal } = new AbortController();
    assertStrictEquals(await getActor<Doubler>("doubler", { signal }), actor);
    assertEquals(await listNamedActors({ signal }), ["doubler"]);
  });

  // ray: state-actors, state-tasks
  it("listActors(), listTasks() and summarize() give up while a thread does not answer", async () => {
    const fence = newFence();
    const doubler = keep(Doubler.remote());
    const held = doubler.hold.remote(fence);
    await reached(fence, 0);
    await givesUp((signal) => listActors({ signal }));
    await givesUp((signal) => listTasks({ signal }));
    await givesUp((signal) => summarize({ signal }));
    signal(fence, 1);
    await held;
    const { signal: never } = new AbortController();
    assertEquals((await listActors({ signal: never })).map(({ className }) => className), ["Doubler"]);
    assertEquals((await listTasks({ signal: never, filter: { name: "none" } })).length, 0);
    assertEquals((await summarize({ signal: never })).actors, { Doubler: { ALIVE: 1 } });
  });

  it("what is no signal, and an unknown option, are refused at the call", () => {
    const stream = Waiter.remote().items.remote() as ObjectRefGenerator<string>;
    const uses = {
      next: (options: never) => stream.next(options),
      kill: (options: never) => kill(Doubler.remote(), options),
      shutdown: (options: never) => shutdown(options),
      getActor: (options: never) => getActor("nobody", options),
      listNamedActors: (options: never) => listNamedActors(options),
      listActors: (options: never) => listActors(options),
      listTasks: (options: never) => listTasks(options),
      summarize: (options: never) => summarize(options),
    };
    for (const use of Object.values(uses)) {
      assertThrows(() => use({ signal: {} } as never), TypeError, "AbortSignal");
      assertThrows(() => use({ signals: undefined } as never), TypeError, '"signals"');
      assertThrows(() => use(5 as never), TypeError, "5");
    }
  });
});

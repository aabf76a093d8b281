import {
  type ActorHandle,
  ActorUnavailableError,
  cancel,
  get,
  init,
  type ObjectRefGenerator,
  shutdown,
  TaskCancelledError,
  TaskError,
  WorkerCrashedError,
} from "@manta/ray";
import { assertEquals, assertInstanceOf } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { rejection, within } from "./fence.ts";
import { FUNCTIONS, PLACES } from "./places.ts";
import { Ledger } from "./rebirth_actors.ts";
import { flakyTask, slowTask, Teller, TellerReader, tellTask, type Told } from "./stream_retry_actors.ts";

const LIMIT = 25_000;
const AGAIN = { maxTaskRetries: -1 };

/** Three items of the first run, the rest of the second one. */
const TOLD: Told[] = [[1, 0], [1, 1], [1, 2], [2, 3], [2, 4], [2, 5]];

for (const { name, placement, isApart } of PLACES) {
  describe(`streams that are made again, ${name}`, () => {
    let ledger: ActorHandle<Ledger>;
    beforeEach(async () => {
      await init({ poolThreads: 4 });
      ledger = newLedger();
    });
    afterEach(shutdown);

    // What a thread waits for in a blocking way runs on another one.
    const newLedger = (): ActorHandle<Ledger> =>
      Ledger.options({ placement: isApart ? "inline" : "thread" }).remote();
    const make = (waits = false): ActorHandle<Teller> =>
      Teller.options({ placement, maxRestarts: 1 }).remote(ledger, waits);

    async function read<T>(stream: ObjectRefGenerator<T>): Promise<T[]> {
      const items: T[] = [];
      for await (const ref of stream) {
        items.push(await ref);
        await ledger.note.remote("read");
      }
      return items;
    }

    if (isApart) {
      // ray: stream-retry, stream-death
      it("after a crash a stream goes on where it was, and repeats no item", async () => {
        const teller = make();
        const items = await within(
          LIMIT,
          "items",
          read(teller.tell.options({ maxTaskRetries: 1 }).remote(6, 3)),
        );
        assertEquals(items, TOLD);
        assertEquals(await ledger.count.remote("began"), 2);
      });

      // ray: stream-death
      it("without retries its error is the last item", async () => {
        const stream = make().tell.remote(6, 3);
        const refs: unknown[] = [];
        let last: unknown;
        for await (const ref of stream) {
          try {
            refs.push(await ref);
            await ledger.note.remote("read");
          } catch (error) {
            last = error;
          }
        }
        assertEquals(refs, TOLD.slice(0, 3));
        assertInstanceOf(last, ActorUnavailableError);
        assertEquals(await ledger.count.remote("began"), 1);
      });

      // ray: stream-retry
      it("generatorBackpressure counts on over a crash", async () => {
        const stream = make().tellSlowly.options({ maxTaskRetries: 1 }).remote(20, 7);
        const items = await within(LIMIT, "items", read(stream));
        assertEquals(items.map(([, index]) => index), Array.from({ length: 20 }, (_, i) => i));
        assertEquals(items[19][0], 2);
      });

      // ray: stream-leave, cancel-stream
      it("one that is left or cancelled during the restart is not made again", async () => {
        const teller = make(true);
        const streams = [1, 2].map(() => teller.tell.options(AGAIN).remote(6, 3));
        await within(LIMIT, "began", ledger.reached.remote("began", 2));
        const [left, cancelled] = streams;
        await left.next();
        assertInstanceOf(
          await within(LIMIT, "crash", rejection(teller.leave.remote())),
          ActorUnavailableError,
        );
        await left.return();
        const whole = cancelled.completed();
        cancel(whole);
        assertInstanceOf(await within(LIMIT, "cancelled", rejection(whole)), TaskCancelledError);
        await ledger.note.remote("go");
        assertEquals(await within(LIMIT, "run", teller.run.options(AGAIN).remote()), 2);
        assertEquals(await ledger.count.remote("began"), 2);
      });

      it("a reader in another process, or on another thread, sees the same", async () => {
        for (const elsewhere of ["process", "thread"] as const) {
          ledger = newLedger();
          const reader = TellerReader.options({ placement: elsewhere }).remote();
          assertEquals(await within(LIMIT, elsewhere, reader.read.remote(make(), ledger)), TOLD);
        }
      });
    }

    // ray: stream-retry, retry-exceptions
    it("for what it threw too, if retryExceptions says so; the last error is the last item", async () => {
      const options = { retryExceptions: true, maxTaskRetries: 2 };
      const teller = make();
      assertEquals(await read(teller.flaky.options(options).remote(5, 2)), [0, 1, 2, 3, 4]);
      assertEquals(await ledger.count.remote("began"), 3);
      ledger = newLedger();
      const stream = make().flaky.options(options).remote(5, 9);
      const items: unknown[] = [];
      for await (const ref of stream) {
        try {
          items.push(await ref);
        } catch (error) {
          items.push(error);
        }
      }
      assertEquals(items.slice(0, 2), [0, 1]);
      assertEquals(items.length, 3);
      const [, , last] = items;
      assertInstanceOf(last, TaskError);
      assertEquals((last.cause as Error).message, "attempt 3");
    });
  });
}

describe(`streams of functions that are made again, ${FUNCTIONS.name}`, () => {
  let ledger: ActorHandle<Ledger>;
  beforeEach(async () => {
    await init({ numCpus: 2 });
    ledger = Ledger.options({ placement: "inline" }).remote();
  });
  afterEach(shutdown);

  async function read<T>(stream: ObjectRefGenerator<T>): Promise<(T | Error)[]> {
    const items: (T | Error)[] = [];
    for await (const ref of stream) {
      items.push(await get(ref).catch((error: Error) => error));
      await ledger.note.remote("read");
    }
    return items;
  }

  // ray: stream-retry, option-max-retries
  it("when its worker has crashed one goes on where it was, and repeats no item", async () => {
    assertEquals(await within(LIMIT, "items", read(tellTask.remote(ledger, 6, 3))), TOLD);
    assertEquals(await ledger.count.remote("began"), 2);
    const reader = TellerReader.options({ placement: "thread" }).remote();
    const other = Ledger.options({ placement: "inline" }).remote();
    assertEquals(await within(LIMIT, "a reader", reader.readTask.remote(other)), TOLD);
  });

  // ray: stream-death
  it("with maxRetries 0 its error is the last item", async () => {
    const items = await read(tellTask.options({ maxRetries: 0 }).remote(ledger, 6, 3));
    assertEquals(items.slice(0, 3), TOLD.slice(0, 3));
    assertEquals(items.length, 4);
    assertInstanceOf(items[3], WorkerCrashedError);
    assertEquals(await ledger.count.remote("began"), 1);
  });

  // ray: stream-retry
  it("generatorBackpressure counts on over a crash of its worker", async () => {
    const items = await within(LIMIT, "items", read(slowTask.remote(ledger, 20, 7))) as Told[];
    assertEquals(items.map(([, index]) => index), Array.from({ length: 20 }, (_, i) => i));
    assertEquals(items[19][0], 2);
  });

  // ray: stream-leave, cancel-stream
  it("one that is left or cancelled before its worker crashes is not made again", async () => {
    const [left, cancelled] = [tellTask.remote(ledger, 6, 3), tellTask.remote(ledger, 6, 3)];
    // The first to begin crashes, whichever it is.
    await within(LIMIT, "began", ledger.reached.remote("began", 2));
    await left.next();
    await left.return();
    const whole = cancelled.completed();
    cancel(whole);
    assertInstanceOf(await within(LIMIT, "cancelled", rejection(whole)), TaskCancelledError);
    for (let i = 0; i < 3; i++) await ledger.note.remote("read");
    assertEquals(await within(LIMIT, "the worker's next", read(flakyTask.remote(ledger, 2, 0))), [0, 1]);
    assertEquals(await ledger.count.remote("began"), 3);
  });

  // ray: stream-retry, retry-exceptions
  it("for what it threw too, if retryExceptions says so", async () => {
    const flaky = flakyTask.options({ retryExceptions: [RangeError], maxRetries: 2 });
    assertEquals(await read(flaky.remote(ledger, 5, 2)), [0, 1, 2, 3, 4]);
    assertEquals(await ledger.count.remote("began"), 3);
    const items = await read(flakyTask.remote(ledger, 5, 99));
    assertEquals(items.slice(0, 2), [0, 1]);
    assertInstanceOf(items[2], TaskError);
    assertEquals(await ledger.count.remote("began"), 4);
  });
});

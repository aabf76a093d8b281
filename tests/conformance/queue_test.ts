import { ActorDiedError, cancel, kill, put, shutdown, TaskCancelledError, TaskError } from "@manta/ray";
import { Queue, QueueEmptyError, QueueFullError, type QueueOptions } from "@manta/ray/util";
import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { reached, rejection } from "./fence.ts";
import { type Place, PLACES } from "./places.ts";
import { Peer, Secret, square, Ticket } from "./queue_actors.ts";

for (const place of PLACES) describe(`Queue, ${place.name}`, () => queues(place));

function queues({ placement, passesOn, newFence }: Place): void {
  afterEach(shutdown);

  const make = <T>(options: QueueOptions = {}): Queue<T> => new Queue<T>({ placement, ...options });
  const peer = () => Peer.options({ placement }).remote();

  // ray: queue
  it("gives items in the order in which they were put", async () => {
    const queue = make<number>();
    for (let i = 0; i < 100; i++) await queue.put(i);
    assertEquals(await queue.size(), 100);
    for (let i = 0; i < 100; i++) assertEquals(await queue.get(), i);
    assert(await queue.empty());
  });

  // ray: queue
  it("is one queue for all threads that it is handed to, and for functions", async () => {
    const queue = make<number>();
    const items = peer().take.remote(queue, 6);
    await peer().putAll.remote(queue, [1, 2, 3, 4, 5]);
    await square.remote(queue, 3);
    assertEquals(await items, [1, 2, 3, 4, 5, 9]);
    assertEquals((await put({ queue })).queue.actor.actorId, queue.actor.actorId);
    assertInstanceOf((await put({ queue })).queue, Queue);
  });

  if (passesOn) {
    it("carries instances of classes that its own thread does not know", async () => {
      const queue = make<unknown>();
      await peer().putTickets.remote(queue);
      assertEquals(await peer().readTickets.remote(queue), ["#7", "sesame"]);
      await queue.put(new Ticket(8));
      await queue.put(new Map([[new Secret("key"), [new Ticket(9)]]]));
      assertEquals((await queue.get() as Ticket).text(), "#8");
      const [[secret, [ticket]]] = await queue.get() as Map<Secret, Ticket[]>;
      assertEquals([secret.tell(), ticket.text()], ["key", "#9"]);
    });
  }

  it("carries queues, handles and refs", async () => {
    const queue = make<unknown>();
    const inner = make<string>();
    await queue.put(inner);
    await queue.put({ actor: peer(), ref: put("of a ref") });
    await queue.put(put("itself a ref"));
    await (await queue.get() as Queue<string>).put("through");
    assertEquals(await inner.get(), "through");
    const { ref } = await queue.get() as { ref: PromiseLike<string> };
    assertEquals(await ref, "of a ref");
    assertEquals(await queue.get(), "itself a ref");
  });

  // ray: queue
  it("put() waits for room, and who waited first comes first", async () => {
    const queue = make<number>({ maxSize: 2 });
    const puts = [1, 2, 3, 4, 5].map((item) => queue.put(item));
    assert(await queue.full());
    assertEquals(await queue.size(), 2);
    for (const item of [1, 2, 3, 4, 5]) assertEquals(await queue.get(), item);
    await Promise.all(puts);
    assert(await queue.empty());
  });

  // ray: queue
  it("get() waits for an item, and who waited first gets the first", async () => {
    const queue = make<number>({ maxSize: 1 });
    const gets = [0, 1, 2, 3].map(() => queue.get());
    assertEquals(await queue.size(), 0);
    for (const item of [1, 2, 3, 4, 5]) await queue.put(item);
    assertEquals(await Promise.all(gets), [1, 2, 3, 4]);
    assertEquals(await queue.size(), 1);
  });

  it("more wait than an async actor has calls in progress by default", async () => {
    const queue = make<number>();
    const gets = Array.from({ length: 1_500 }, () => queue.get());
    await queue.putNowaitBatch(gets.keys());
    assertEquals(await Promise.all(gets), [...gets.keys()]);
  });

  // ray: queue
  it("a get() that timed out takes no item later", async () => {
    const queue = make<string>();
    const error = await assertRejects(() => queue.get({ timeout: 1 }), QueueEmptyError, "within 1 ms");
    assertEquals(error.code, "QUEUE_EMPTY");
    await assertRejects(() => queue.get({ timeout: 0 }), QueueEmptyError);
    await queue.put("kept");
    assertEquals(await queue.size(), 1);
    assertEquals(await queue.get({ timeout: 0 }), "kept");
    assertEquals(await queue.size(), 0);
  });

  it("an item that comes as the wait times out is either given or kept, never lost", async () => {
    const queue = make<number>();
    for (let turn = 0; turn < 50; turn++) {
      const got = queue.get({ timeout: 1 }).catch((error) => error);
      await new Promise((resolve) => setTimeout(resolve, 1));
      await queue.put(turn);
      const outcome = await got;
      if (outcome instanceof QueueEmptyError) assertEquals(await queue.getNowait(), turn);
      else assertEquals(outcome, turn);
      assertEquals(await queue.size(), 0);
    }
  });

  // ray: queue
  it("a put() that timed out puts nothing later", async () => {
    const queue = make<string>({ maxSize: 1 });
    await queue.put("first");
    const error = await assertRejects(() => queue.put("late", { timeout: 1 }), QueueFullError, "within 1 ms");
    assertEquals(error.code, "QUEUE_FULL");
    await assertRejects(() => queue.put("late", { timeout: 0 }), QueueFullError);
    assertEquals(await queue.get(), "first");
    assertEquals(await queue.size(), 0);
  });

  it("a signal ends a wait, which then takes and puts nothing", async () => {
    const queue = make<number>({ maxSize: 1 });
    const reason = new Error("enough");
    const controller = new AbortController();
    const get = rejection(queue.get({ signal: controller.signal }));
    const second = queue.get({ timeout: 60_000 });
    assertEquals(await queue.size(), 0);
    controller.abort(reason);
    assertEquals(await get, reason);
    await queue.put(1);
    assertEquals(await second, 1);
    await queue.put(2);
    assertEquals(await rejection(queue.put(3, { signal: AbortSignal.abort(reason) })), reason);
    const other = new AbortController();
    const put = rejection(queue.put(4, { signal: other.signal }));
    assertEquals(await queue.size(), 1);
    other.abort(reason);
    assertEquals(await put, reason);
    assertEquals(await queue.get(), 2);
    assert(await queue.empty());
  });

  // ray: queue
  it("the wait of a method that was cancelled takes no item later", async () => {
    const queue = make<string>();
    const fence = newFence();
    for (const [turn, recursive] of [true, false].entries()) {
      const waiting = peer().waitForItem.remote(queue, fence);
      await reached(fence, 0, turn + 1);
      cancel(waiting, { recursive });
      assertInstanceOf(await rejection(waiting), TaskCancelledError);
      await queue.put("kept");
      assertEquals(await queue.size(), 1);
      assertEquals(await queue.get(), "kept");
    }
  });

  // ray: queue
  it("the waits of a thread that died are over", async () => {
    const [gets, puts] = [make<string>(), make<string>({ maxSize: 1 })];
    const fence = newFence();
    // A thread of its own, wherever the queue is.
    const dead = Peer.options({ placement: "thread" }).remote();
    const waits = [dead.waitForItem.remote(gets, fence)];
    await reached(fence, 0, 1);
    const second = gets.get();
    await puts.put("first");
    const blocked = dead.waitForRoom.remote(puts, "never", fence);
    await reached(fence, 0, 2);
    await kill(dead);
    assertInstanceOf(await rejection(waits[0]), ActorDiedError);
    assertInstanceOf(await rejection(blocked), ActorDiedError);
    await gets.put("for who lives");
    assertEquals(await second, "for who lives");
    assertEquals(await puts.get(), "first");
    assert(await puts.empty());
  });

  // ray: queue, error-queue
  it("getNowait() and putNowait() do not wait", async () => {
    const queue = make<number>({ maxSize: 1 });
    await assertRejects(() => queue.getNowait(), QueueEmptyError, "now");
    await queue.putNowait(1);
    await assertRejects(() => queue.putNowait(2), QueueFullError, "the queue has 1");
    assertEquals(await queue.getNowait(), 1);
  });

  // ray: queue
  it("batches go whole or not at all", async () => {
    const queue = make<number>({ maxSize: 3 });
    await queue.putNowaitBatch([1, 2]);
    await assertRejects(() => queue.putNowaitBatch([3, 4]), QueueFullError, "2 items");
    assertEquals(await queue.size(), 2);
    await assertRejects(() => queue.getNowaitBatch(3), QueueEmptyError, "Cannot get 3 items");
    await queue.putNowaitBatch([3]);
    const waiting = queue.put(4);
    assertEquals(await queue.getNowaitBatch(3), [1, 2, 3]);
    await waiting;
    assertEquals(await queue.getNowaitBatch(1), [4]);
    assertEquals(await queue.getNowaitBatch(0), []);
  });

  // ray: error-queue
  it("its errors keep their class where an actor throws them", async () => {
    const queue = make<number>();
    const error = await rejection(peer().getNow.remote(queue)) as TaskError;
    assertInstanceOf(error, TaskError);
    assertInstanceOf(error.cause, QueueEmptyError);
    assertEquals(error.cause.code, "QUEUE_EMPTY");
  });

  // ray: queue
  it("shutdown() lets those who wait end first, and then all calls reject", async () => {
    const queue = make<number>();
    const waiting = queue.get();
    const ended = queue.shutdown({ gracePeriod: 60_000 });
    await queue.put(1);
    assertEquals(await waiting, 1);
    await ended;
    await assertRejects(() => queue.put(2), ActorDiedError);
    await queue.shutdown();
  });

  // ray: queue
  it("shutdown() ends waits that outlast the grace period, with force at once", async () => {
    for (const options of [{ gracePeriod: 1 }, { force: true }]) {
      const queue = make<number>();
      const waiting = rejection(queue.get());
      await queue.size();
      await queue.shutdown(options);
      assertInstanceOf(await waiting, ActorDiedError);
    }
  });
}

describe("Queue, what is refused", () => {
  afterEach(shutdown);

  // ray: queue-options, queue
  it("options and arguments that make no sense", async () => {
    const loose = Queue as unknown as new (options: unknown) => Queue<number>;
    assertThrows(() => new loose(1), TypeError, "expected an object of options");
    assertThrows(() => new loose({ maxSize: "1" }), TypeError, '"maxSize"');
    for (const maxSize of [-1, 1.5, NaN, Infinity]) assertThrows(() => new loose({ maxSize }), RangeError);
    assertThrows(() => new loose({ maxConcurrency: 1 }), TypeError, "would hold back");
    assertThrows(() => new loose({ size: 1 }), TypeError, '"size"');
    const queue = new Queue<number>({ placement: "inline" });
    await assertRejects(() => queue.get({ timeout: -1 }), RangeError, '"timeout"');
    await assertRejects(() => queue.put(1, { signal: 1 as never }), TypeError, '"signal"');
    await assertRejects(() => queue.putNowaitBatch(1 as never), TypeError, "iterable");
    await assertRejects(() => queue.getNowaitBatch("1" as never), TypeError, '"count"');
    await assertRejects(() => queue.getNowaitBatch(-1), RangeError, '"count"');
    await assertRejects(() => queue.shutdown({ force: 1 as never }), TypeError, '"force"');
    await assertRejects(() => queue.shutdown({ gracePeriod: NaN }), RangeError);
    assert(await queue.empty());
  });
});

import { ENDING_PATIENCE, MAX_ENDING, RestartQueue } from "../../lib/supervise/restart_queue.ts";
import { ManualClock } from "../../lib/testing/manual_clock.ts";
import type { ThreadAddress } from "../../lib/transport/thread_address.ts";
import { assertEquals } from "@std/assert";
import { beforeEach, describe, it } from "@std/testing/bdd";

/** Waits of one queue, by the numbers of the threads that are replaced. */
class Bench {
  readonly clock = new ManualClock();
  readonly gone = new Set<number>();
  readonly started: number[] = [];
  readonly queue = new RestartQueue(({ id }) => this.gone.has(id), this.clock);

  /** Threads die, from `first` to `last`. */
  die(first: number, last: number): void {
    for (let id = first; id <= last; id++) this.queue.add(at(id), `actor-${id}`, () => this.started.push(id));
  }

  /** Threads have ended. */
  end(...ids: number[]): void {
    for (const id of ids) this.gone.add(id);
    this.queue.proceed();
  }
}

const at = (id: number): ThreadAddress => ({ id, slot: id });
const numbers = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i);

describe("RestartQueue", () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });

  it("starts at once while few dead threads have not ended, and the rest in order as these end", () => {
    bench.die(1, MAX_ENDING + 3);
    assertEquals(bench.started, numbers(1, MAX_ENDING));
    bench.end(1);
    assertEquals(bench.started, numbers(1, MAX_ENDING + 1));
    bench.end(2, 3);
    assertEquals(bench.started, numbers(1, MAX_ENDING + 3));
  });

  it("replaces a thread that has ended itself, whatever others do", () => {
    bench.die(1, MAX_ENDING + 1);
    bench.end(MAX_ENDING + 1);
    assertEquals(bench.started, numbers(1, MAX_ENDING + 1));
  });

  it("counts a thread once on which many actors lived", () => {
    for (const name of ["a", "b"]) bench.queue.add(at(1), name, () => bench.started.push(1));
    bench.die(2, MAX_ENDING + 1);
    assertEquals(bench.started, [1, 1, ...numbers(2, MAX_ENDING)]);
    bench.queue.add(at(1), "c", () => bench.started.push(1));
    bench.end(1);
    assertEquals(bench.started.slice(MAX_ENDING + 1), [MAX_ENDING + 1, 1]);
  });

  it("starts nothing any more once it is closed, and has no timer left", () => {
    bench.die(1, MAX_ENDING + 3);
    bench.queue.close();
    bench.end(...numbers(1, MAX_ENDING));
    assertEquals(bench.clock.fire(Infinity), false, "a timer is left");
    assertEquals(bench.started, numbers(1, MAX_ENDING));
  });

  it("gives up a thread that never ends", () => {
    bench.die(1, MAX_ENDING + 2);
    const { clock } = bench;
    assertEquals(clock.fire(clock.now() + ENDING_PATIENCE - 1), false);
    assertEquals(bench.started, numbers(1, MAX_ENDING));
    assertEquals(clock.fire(clock.now() + 1), true);
    assertEquals(bench.started, numbers(1, MAX_ENDING + 2));
    assertEquals(clock.fire(Infinity), false, "a timer is left");
  });

  it("lets no restart wait while the thread blocks", () => {
    bench.die(1, MAX_ENDING + 1);
    assertEquals(bench.queue.blocked(true), false);
    bench.die(MAX_ENDING + 2, MAX_ENDING + 2);
    assertEquals(bench.started, numbers(1, MAX_ENDING + 2));
    assertEquals(bench.queue.blocked(false), true);
    bench.die(MAX_ENDING + 3, MAX_ENDING + 3);
    assertEquals(bench.started, numbers(1, MAX_ENDING + 2));
  });

  it("forgets what nobody wants any more, with its timer", () => {
    bench.die(1, MAX_ENDING + 1);
    bench.queue.withdraw(`actor-${MAX_ENDING + 1}`);
    assertEquals(bench.queue.isWaiting, false);
    assertEquals(bench.clock.fire(Infinity), false, "a timer is left");
    bench.end(...numbers(1, MAX_ENDING));
    assertEquals(bench.started, numbers(1, MAX_ENDING));
  });
});

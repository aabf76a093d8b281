import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { amountsOf, demandOf, type ResourceOptions } from "../../lib/define/demand.ts";
import { type Claim, Ledger } from "../../lib/registry/ledger.ts";

/** A claim that says when it was granted. */
function claimOf(
  order: string[],
  name: string,
  options: ResourceOptions,
  more: Partial<Omit<Claim, "demand">> = {},
): Claim {
  return {
    demand: demandOf(options, 0),
    isTask: false,
    isOfHolder: false,
    mayOverdraw: false,
    canBegin: true,
    granted: () => void order.push(name),
    ...more,
  };
}

function ledgerOf(cpus: number, resources?: Record<string, number>): Ledger {
  return new Ledger(amountsOf(cpus, resources));
}

describe("Ledger", () => {
  it("ask() grants at once what is free, and release() what somebody waits for", () => {
    const order: string[] = [];
    const ledger = ledgerOf(2);
    const first = claimOf(order, "first", { numCpus: 2 });
    const second = claimOf(order, "second", { numCpus: 1 });
    ledger.ask(first);
    ledger.ask(second);
    assertEquals([order, ledger.free("CPU"), ledger.isWaiting(second)], [["first"], 0, true]);
    ledger.release(first);
    assertEquals([order, ledger.free("CPU"), ledger.hasWaiting], [["first", "second"], 10_000, false]);
  });

  it("fractions add up: ten tenths are one, and no eleventh", () => {
    const order: string[] = [];
    const ledger = ledgerOf(1);
    for (let i = 0; i < 11; i++) ledger.ask(claimOf(order, `${i}`, { numCpus: 0.1 }));
    assertEquals([order.length, ledger.free("CPU")], [10, 0]);
  });

  it("a large claim is not passed for ever by small ones that come later", () => {
    const order: string[] = [];
    const ledger = ledgerOf(2);
    const small = [0, 1].map((i) => claimOf(order, `small ${i}`, { numCpus: 1 }));
    for (const claim of small) ledger.ask(claim);
    ledger.ask(claimOf(order, "large", { numCpus: 2 }));
    ledger.ask(claimOf(order, "later", { numCpus: 1 }));
    ledger.release(small[0]);
    assertEquals(order, ["small 0", "small 1"]);
    ledger.release(small[1]);
    assertEquals(order, ["small 0", "small 1", "large"]);
  });

  it("a claim that needs nothing of what is short passes one that waits", () => {
    const order: string[] = [];
    const ledger = ledgerOf(2, { disk: 1 });
    ledger.ask(claimOf(order, "disk", { resources: { disk: 1 } }));
    ledger.ask(claimOf(order, "both", { numCpus: 1, resources: { disk: 1 } }));
    ledger.ask(claimOf(order, "cpus", { numCpus: 2 }));
    assertEquals(order, ["disk", "cpus"]);
  });

  it("a claim of one who has resources passes one that waits", () => {
    const order: string[] = [];
    const ledger = ledgerOf(3);
    ledger.ask(claimOf(order, "maker", { numCpus: 1 }));
    ledger.ask(claimOf(order, "large", { numCpus: 3 }));
    ledger.ask(claimOf(order, "other", { numCpus: 1 }));
    ledger.ask(claimOf(order, "made", { numCpus: 1 }, { isOfHolder: true }));
    assertEquals(order, ["maker", "made"]);
  });

  it("a function passes an actor that waits for other actors, and none that waits for functions", () => {
    const order: string[] = [];
    const isTask = true;
    const ledger = ledgerOf(2);
    const actor = claimOf(order, "actor", { numCpus: 1 });
    const task = claimOf(order, "task", { numCpus: 1 }, { isTask });
    ledger.ask(actor);
    ledger.ask(claimOf(order, "large", { numCpus: 2 }));
    ledger.ask(task);
    // The actor may never end: what the function has given back is not kept from the next one.
    assertEquals(order, ["actor", "task"]);
    ledger.ask(claimOf(order, "next", { numCpus: 1 }, { isTask }));
    ledger.release(task);
    assertEquals(order, ["actor", "task", "next"]);
    ledger.release(actor);
    // Now it waits for a function alone, which ends.
    ledger.ask(claimOf(order, "last", { numCpus: 1 }, { isTask }));
    assertEquals(order, ["actor", "task", "next"]);
  });

  it("rest() gives back CPUs, and nothing else, until the function goes on", () => {
    const order: string[] = [];
    const ledger = ledgerOf(1, { disk: 1 });
    const task = claimOf(order, "task", { numCpus: 1, resources: { disk: 1 } }, { isTask: true });
    const other = claimOf(order, "other", { numCpus: 1 }, { isTask: true });
    ledger.ask(task);
    ledger.ask(other);
    ledger.ask(claimOf(order, "disk", { resources: { disk: 1 } }));
    ledger.rest(task, true);
    ledger.serve();
    assertEquals([order, ledger.free("CPU"), ledger.free("disk")], [["task", "other"], 0, 0]);
    // It does not wait until one is free.
    ledger.rest(task, false);
    assertEquals(ledger.free("CPU"), -10_000);
    ledger.release(other);
    assertEquals(ledger.free("CPU"), 0);
    ledger.release(task);
    assertEquals([order, ledger.free("CPU"), ledger.free("disk")], [["task", "other", "disk"], 10_000, 0]);
  });

  it("release() of one that rests gives back no CPU twice", () => {
    const ledger = ledgerOf(2);
    const task = claimOf([], "task", { numCpus: 1 }, { isTask: true });
    ledger.ask(task);
    ledger.rest(task, true);
    ledger.release(task);
    ledger.release(task);
    assertEquals(ledger.free("CPU"), 20_000);
  });

  it("a claim that may overdraw waits for no CPU, but for all else", () => {
    const order: string[] = [];
    const ledger = ledgerOf(1, { disk: 1 });
    const mayOverdraw = true;
    ledger.ask(claimOf(order, "first", { numCpus: 1, resources: { disk: 1 } }));
    ledger.ask(claimOf(order, "nested", { numCpus: 1 }, { mayOverdraw }));
    ledger.ask(claimOf(order, "disk", { numCpus: 1, resources: { disk: 1 } }, { mayOverdraw }));
    assertEquals([order, ledger.free("CPU")], [["first", "nested"], -10_000]);
  });

  it("release() of one that waits lets those go that it held back", () => {
    const order: string[] = [];
    const ledger = ledgerOf(2);
    ledger.ask(claimOf(order, "first", { numCpus: 1 }));
    const large = claimOf(order, "large", { numCpus: 2 });
    ledger.ask(large);
    ledger.ask(claimOf(order, "small", { numCpus: 1 }));
    assertEquals(order, ["first"]);
    ledger.release(large);
    assertEquals(order, ["first", "small"]);
  });

  it("granted() may ask for more and give back what it has", () => {
    const order: string[] = [];
    const ledger = ledgerOf(1);
    const chain = (left: number): Claim => {
      const claim = claimOf(order, `${left}`, { numCpus: 1 }, {
        granted() {
          order.push(`${left}`);
          if (left > 0) ledger.ask(chain(left - 1));
          ledger.release(claim);
        },
      });
      return claim;
    };
    ledger.ask(chain(3));
    assertEquals([order, ledger.free("CPU"), ledger.hasWaiting], [["3", "2", "1", "0"], 10_000, false]);
  });

  it("isContended while somebody waits and functions of another kind have workers", () => {
    const ledger = ledgerOf(1);
    const one = claimOf([], "one", { numCpus: 1 }, { isTask: true });
    ledger.ask(one);
    ledger.ask(claimOf([], "same", { numCpus: 1 }, { isTask: true }));
    assertEquals(ledger.isContended, false);
    const other = claimOf([], "other", { numCpus: 0.5 }, { isTask: true });
    ledger.ask(other);
    assertEquals(ledger.isContended, true);
    ledger.release(other);
    assertEquals(ledger.isContended, false);
    ledger.ask(claimOf([], "actor", { numCpus: 1 }));
    assertEquals(ledger.isContended, true);
  });

  it("gives no more than there is over thousands of claims in any order", () => {
    const ledger = ledgerOf(3, { disk: 2 });
    const held = new Set<Claim>();
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 16_807) % 2_147_483_647) % below;
    let asked = 0;
    let granted = 0;
    const waiting = new Set<Claim>();
    for (let i = 0; i < 5_000; i++) {
      if (random(2) === 0 || held.size === 0) {
        const claim: Claim = claimOf([], "", {
          numCpus: random(30_001) / 10_000,
          resources: { disk: random(3) },
        }, {
          isTask: random(2) === 0,
          granted() {
            granted++;
            waiting.delete(claim);
            held.add(claim);
          },
        });
        asked++;
        waiting.add(claim);
        ledger.ask(claim);
      } else {
        const claim = [...held][random(held.size)];
        held.delete(claim);
        ledger.release(claim);
      }
      const used = [...held].flatMap(({ demand }) => demand.amounts);
      for (const [name, total] of [["CPU", 30_000], ["disk", 20_000]] as const) {
        const sum = used.reduce((sum, [other, units]) => other === name ? sum + units : sum, 0);
        assertEquals(ledger.free(name), total - sum);
        if (sum > total) throw new Error(`${sum} of ${total} given`);
      }
    }
    while (held.size > 0) {
      const [claim] = held;
      held.delete(claim);
      ledger.release(claim);
    }
    assertEquals([granted, waiting.size, ledger.free("CPU"), ledger.free("disk")], [
      asked,
      0,
      30_000,
      20_000,
    ]);
  });
});

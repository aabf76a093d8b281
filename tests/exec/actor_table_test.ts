import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { ActorHost } from "../../lib/exec/actor_host.ts";
import { ActorTable } from "../../lib/exec/actor_table.ts";

/** What the table looks at. */
function actor(local: number): ActorHost {
  return { local } as ActorHost;
}

function numbersOf(table: ActorTable): number[] {
  return [...table.values()].map(({ local }) => local);
}

describe("ActorTable", () => {
  it("get() finds what set() added and delete() left", () => {
    const table = new ActorTable();
    for (let local = 1; local <= 1_000; local++) table.set(actor(local));
    for (let local = 1; local <= 1_000; local++) if (local % 7 !== 0) table.delete(local);
    for (let local = 0; local <= 1_100; local++) {
      assertEquals(
        table.get(local)?.local,
        local % 7 === 0 && local > 0 && local <= 1_000 ? local : undefined,
      );
    }
    assertEquals(numbersOf(table), Array.from({ length: 142 }, (_, index) => (index + 1) * 7));
  });

  it("takes a number again, and one twice", () => {
    const table = new ActorTable();
    table.set(actor(5));
    const second = actor(5);
    table.set(second);
    assertEquals(table.get(5) === second, true);
    table.delete(5);
    table.delete(5);
    assertEquals(numbersOf(table), []);
    table.set(actor(5));
    table.set(actor(70));
    table.delete(70);
    table.set(actor(6));
    assertEquals(numbersOf(table), [5, 6]);
  });
});

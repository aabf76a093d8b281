import { assertEquals, assertLess } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { stress } from "./stress.ts";

/** programs/million.ts makes a million. */
const CALLS = 100_000;

describe("a hundred thousand calls over four threads, from nothing to 8 MiB", () => {
  it("none is lost, doubled or reordered, and memory is back to where it was", async () => {
    const report = await stress(CALLS);
    assertEquals(report.wrong, 0);
    assertEquals(report.seen, Array.from({ length: 4 }, () => report.expected));
    assertLess(report.heapGrowth, 48);
    assertLess(report.rssGrowth, 256);
  });

  it("all calls of one turn, megabytes among them, are answered each with its own", async () => {
    const report = await stress(50_000, 4, Infinity);
    assertEquals(report.wrong, 0);
    assertEquals(report.seen, Array.from({ length: 4 }, () => report.expected));
  });
});

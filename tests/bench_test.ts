/**
 * The benchmarks run: not how fast, but that every row of Manta's and every control does its work, and that bars are judged. Other
 * libraries are not here.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { bars } from "../bench/bars.ts";
import { drawChart } from "../bench/chart.ts";
import { type Choice, measure, type Samples } from "../bench/children.ts";
import { judge } from "../bench/verdict.ts";
import { oneAtATime } from "../bench/workloads/one_at_a_time.ts";
import { pipelined } from "../bench/workloads/pipelined.ts";
import { workloads } from "../bench/workloads.ts";

const choice: Choice = { runs: 1, scale: 0.001, peers: false, row: "" };

function row(numbers: Record<string, number[]>): Samples[string] {
  return { numbers, cores: [1] };
}

describe("measure()", () => {
  for (const workload of workloads) {
    it(`gets a number of every row and column of "${workload.name}"`, async () => {
      const samples = await measure(workload, choice);
      assertEquals(Object.keys(samples), Object.keys(workload.rows));
      for (const [name, { numbers, cores, failure }] of Object.entries(samples)) {
        assertEquals(failure, undefined, name);
        assertEquals(cores.length, 1, name);
        assert(Object.values(numbers).flat().every(Number.isFinite), `${name}: ${JSON.stringify(numbers)}`);
      }
      for (const { column, row } of bars.filter((bar) => bar.workload === workload)) {
        assertEquals(samples[row].numbers[column]?.length, 1, `the bar's column "${column}" of "${row}"`);
      }
    });
  }

  it("says why a row failed, and goes on with the others", async () => {
    const broken = {
      ...oneAtATime,
      rows: { "nobody": 1, "function call": 1 },
    };
    const { nobody, "function call": call } = await measure(broken, choice);
    assertStringIncludes(nobody.failure!, `Cannot measure row "nobody"`);
    assertEquals(nobody.numbers, {});
    assertEquals(call.failure, undefined);
  });
});

describe("judge()", () => {
  const bar = { workload: oneAtATime, column: "p50", row: "manta thread", against: "bare ring", limit: 2 };

  it("decides by the best runs, and says so if the medians differ", () => {
    const samples = {
      "manta thread": row({ p50: [9, 1.9, 9] }),
      "bare ring": row({ p50: [1, 1, 1] }),
    };
    const { verdict, text } = judge(bar, samples)!;
    assertEquals(verdict, "PASS");
    assertStringIncludes(text, "the medians say FAIL");
    assertEquals(judge({ ...bar, limit: 1.8 }, samples)!.verdict, "FAIL");
  });

  it("takes more as better where calls a second are counted", () => {
    const rate = { ...bar, workload: pipelined, column: "all at once", against: "postMessage", limit: 3 };
    const samples = (manta: number): Samples => ({
      "manta thread": row({ "all at once": [manta] }),
      "postMessage": row({ "all at once": [100] }),
    });
    assertEquals(judge(rate, samples(301))!.verdict, "PASS");
    assertEquals(judge(rate, samples(299))!.verdict, "FAIL");
  });

  it("is void without what it compares with, or if that was disturbed", () => {
    const own = { "manta thread": row({ p50: [1] }) };
    assertEquals(judge(bar, own)!.verdict, "VOID");
    const disturbed = { ...own, "bare ring": row({ p50: [50] }) };
    assertEquals(judge({ ...bar, controlAtMost: 2 }, disturbed)!.verdict, "VOID");
    assertEquals(judge(bar, {}), undefined);
  });

  it("fails where Manta's row failed", () => {
    const samples = { "manta thread": { numbers: {}, cores: [], failure: "did not end" } };
    assertEquals(judge(bar, samples)!.verdict, "FAIL");
  });
});

describe("drawChart()", () => {
  it("draws a bar a row, as a ratio to the control where there is no rival", () => {
    const samples = {
      "one at a time": { "manta thread": row({ p50: [2] }), "bare ring": row({ p50: [1] }) },
    };
    const svg = drawChart({ machine: "a <machine>", date: "2026-11-25", runs: 1, samples });
    assertStringIncludes(svg, "one at a time: p50 (1 = bare ring)");
    assertStringIncludes(svg, "0.5 ×");
    assertStringIncludes(svg, "a &#60;machine&#62;");
  });
});

/**
 * Suites of tests/conformance on a real Ray cluster, each run by itself. Where there is no cluster, all of them are skipped.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { afterAll, describe, it } from "@std/testing/bdd";
import { startCluster } from "./cluster.ts";
import { runTests } from "./processes.ts";

/** Some that show much for their time: most tests begin a session of their own, which takes a second or two. */
const SUITES = ["values", "errors", "put", "serializable", "ending", "stream_tasks"];

// Before the tests are told of, so that they can say that they are skipped.
const cluster = await startCluster();

describe("conformance on a cluster", { ignore: cluster === undefined, timeout: 300_000 }, () => {
  afterAll(async () => await cluster?.stop());

  for (const suite of SUITES) {
    it(`the suite "${suite}" passes`, async () => {
      const env = { RAY_ADDRESS: cluster!.address, MANTA_TEST_PLACES: "cluster" };
      const { code, out } = await runTests(`tests/conformance/${suite}_test.ts`, ", cluster", 280_000, env);
      assertEquals(code, 0, out);
      assertMatch(out, /\b[1-9]\d* pass/);
    });
  }
});

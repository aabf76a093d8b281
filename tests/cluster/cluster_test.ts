/**
 * Programs on a real Ray cluster of two nodes: driver.ts has them.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { hostSource } from "../../lib/transport/ray/host_source.ts";
import { type Cluster, type ClusterNode, startCluster } from "./cluster.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const isDeno = !("Bun" in globalThis);
/** How long a program may take, in milliseconds. */
const LIMIT = 180_000;

describe("actors on a cluster", () => {
  let cluster: Cluster | undefined;
  let second: ClusterNode | undefined;

  beforeAll(async () => {
    cluster = await startCluster();
    second = await cluster?.addNode({ second: 1 });
  }, START);
  afterAll(async () => await cluster?.stop());

  /** Runs a scenario; `when` is told of the program's lines, and may write to it. */
  function drive(
    args: string[],
    when: (line: string, write: (text: string) => void) => void = () => {},
  ): Promise<Record<string, unknown>> {
    const { python, gcs } = cluster!;
    writeFileSync(HOST, hostSource);
    const program = fileURLToPath(new URL("./driver.ts", import.meta.url));
    const relay = fileURLToPath(new URL("./relay.py", import.meta.url));
    const runtime = isDeno ? ["deno", "run", "-A", program] : ["bun", "run", program];
    const child = spawn(python, [relay, gcs, HOST, root, "manta-tests", ...runtime, "FD", ...args]);
    let [output, errors] = ["", ""];
    child.stdout.on("data", (bytes: Uint8Array) => {
      const text = new TextDecoder().decode(bytes);
      output += text;
      for (const line of text.split("\n")) when(line, (text) => void child.stdin.write(text));
    });
    child.stderr.on("data", (bytes: Uint8Array) => errors += new TextDecoder().decode(bytes));
    const timer = setTimeout(() => child.kill("SIGTERM"), LIMIT);
    return new Promise((resolve, reject) => {
      child.on("exit", (code, signal) => {
        clearTimeout(timer);
        const last = output.trim().split("\n").at(-1) ?? "";
        if (code === 0) resolve(JSON.parse(last));
        else reject(new Error(`${args[0]} ended with ${code ?? signal}:\n${output}\n${errors}`));
      });
    });
  }

  it("values, errors and a thousand calls cross as between threads", async () => {
    if (cluster === undefined) return;
    const { where, ...rest } = await drive(["calls"]);
    assertEquals(rest, {
      kept: true,
      money: 5,
      bytes: true,
      ordered: true,
      failed: '"Counter.fail" threw RangeError: it failed',
      isOwnId: true,
      task: "Counter.context",
      namespace: "manta-tests",
    });
    assertStringIncludes((where as { folder: string }).folder, "working_dir_files");
  });
});

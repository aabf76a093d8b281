/**
 * Whole programs, as child processes of the runtime that runs the tests.
 *
 * @module
 */

import { assert, assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { execFile } from "node:child_process";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { WAY_NAMES } from "./fault_actors.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const isDeno = !("Bun" in globalThis);

interface Ended {
  code: number;
  out: string;
  err: string;
}

/** Runs a program to its end; one that does not end in time is killed, and has code 99. */
function run(
  file: string,
  options: { args?: string[]; permissions?: string[]; cwd?: string; atTerminal?: boolean } = {},
): Promise<Ended> {
  const { args = [], permissions = ["--allow-read"], cwd = root, atTerminal = false } = options;
  const before = isDeno ? ["run", "--no-check", ...permissions] : ["run"];
  const command = [process.execPath, ...before, join(cwd, file), ...args];
  // At a terminal Deno asks the user for what is missing; nobody answers here.
  const inTime = `timeout --foreground -s KILL 40 ${command.join(" ")}`;
  const [program, ...rest] = atTerminal ? ["script", "-qec", inTime, "/dev/null"] : command;
  return new Promise((resolve) => {
    execFile(
      program,
      rest,
      { cwd, timeout: 50_000, killSignal: "SIGKILL", env: { ...process.env, NO_COLOR: "1" } },
      (error, out, err) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : 99;
        resolve({ code, out: String(out), err: String(err) });
      },
    );
  });
}

async function runToEnd(file: string, options: Parameters<typeof run>[1] = {}): Promise<string> {
  const { code, out, err } = await run(file, options);
  assertEquals(code, 0, `${file}: code ${code}\n${out}\n${err}`);
  return out;
}

/**
 * Milliseconds of CPU that a process may take while it is idle: 100, but where the runtime itself takes much for as many threads
 * without Manta, as Bun does on some machines.
 */
function mostWhileIdle(bare: number): number {
  return Math.max(100, 4 * bare);
}

describe("a program", () => {
  it("exits by itself when its actors are idle", async () => {
    assertEquals(await runToEnd("tests/programs/idle.ts"), "pong pong pong done\n");
  });

  // ray: pain-creation
  it("has very many actors at once on a few threads", async () => {
    const out = await runToEnd("tests/programs/crowd.ts", { args: ["pool", "20000"] });
    assertEquals(out, "20000 actors, 0 wrong, alive\n");
  });

  it("exits by itself when a detached actor is idle", async () => {
    assertEquals(await runToEnd("tests/programs/detached.ts"), "read\n");
  });

  it("stays alive while it awaits a ref", async () => {
    assertEquals(
      await runToEnd("tests/programs/pending.ts"),
      "await there\nget there\ngetWithTimeout there\nwait 1\nthen there\n",
    );
  });

  // ray: handle-gc, pain-handle-gc, get-actor, get-if-exists
  it("has actors end that nobody has a handle of any more, after their calls, and no others", async () => {
    const of = (placement: string): string =>
      [
        "dropped: 1",
        "with a call in progress: done 1",
        "kept by another: 0",
        "kept by nobody: 1",
        "given by its maker, who lives: 1 pong",
      ].map((line) => `${placement} ${line}\n`).join("");
    const out = await runToEnd("tests/programs/unreachable.ts", {
      permissions: ["--allow-read", "--v8-flags=--expose-gc"],
    });
    const named = (placement: string): string =>
      [
        "kept by getIfExists: 0 pong",
        "found by name: pong pong",
        "kept by its name: 1 ActorNotFoundError",
      ].map((line) => `${placement} ${line}\n`).join("");
    assertEquals(out, of("thread") + of("inline") + named("thread") + named("inline"));
  });

  // ray: handle-gc, exit-background, change-exit-threaded
  it("has threaded actors end once that nobody has a handle of, or that leave out of a timer", async () => {
    const out = await runToEnd("tests/programs/threaded_ends.ts", {
      permissions: ["--allow-read", "--v8-flags=--expose-gc"],
    });
    assertEquals(
      out.replace(/: Cannot .* has died,/, ":"),
      [
        "dropped: 1",
        "with a call in progress: done 1",
        "given away by its threads: 0",
        "kept by nobody: 1",
        "out of a timer: ActorDiedError: it has ended itself with exitActor()",
        "its end: 1",
      ].map((line) => `${line}\n`).join(""),
    );
  });

  it("exits by itself though it reads events, and tells of what happened until then", async () => {
    assertEquals(await runToEnd("tests/programs/watching.ts"), "FINISHED\ntask-finished\ndone\n");
  });

  it("ends each call in a value or the right error, while threads and processes die at random", async () => {
    // To look at /proc is to have all permissions.
    const out = await runToEnd("tests/programs/chaos.ts", {
      args: ["--seconds=4", "--calls=500", "--seed=7", "--every=50"],
      permissions: ["-A"],
    });
    const { calls, kills, wrong, values, unavailable, died, left } = JSON.parse(out);
    assertEquals(wrong, []);
    assertEquals(calls, values + unavailable + died);
    assert(calls > 500 && kills > 3, out);
    assertEquals(left, { threads: 0, processes: 0, timers: 0, ports: 0 });
  });

  it("exits after shutdown() though its threads are busy", async () => {
    assertEquals(await runToEnd("tests/programs/leaks.ts"), "round 0\nround 1\nround 2\n");
  });

  // ray: sys-exit
  it("hears that a worker ended, and why, in each way", async () => {
    const lines = (await runToEnd("tests/programs/deaths.ts")).trim().split("\n");
    const REASON: Record<string, string> = {
      "an error out of a timer": "RangeError: out of a timer",
      "an error out of a microtask": "RangeError: out of a microtask",
      "an unhandled rejection": "RangeError: nobody cares",
      "process.exit(3)": "with code 3",
      "process.exit(0)": "with code 0",
      "process.exit(3) from a timer": "with code 3",
      "self.close()": "with close()",
      "Deno.exit(4)": "with code 4",
    };
    for (const way of WAY_NAMES) {
      const line = lines.find((line) => line.startsWith(`${way} => `)) ?? "";
      assertStringIncludes(line, REASON[way]);
    }
    assertEquals(lines.at(-1), "ended");
  });

  // ray: exit-background, pain-exit
  it("has actors end in order by exitActor() where nobody catches that, and no neighbour", async () => {
    const exited = "ActorDiedError: it has ended itself with exitActor()";
    const lines = (await runToEnd("tests/programs/background_exit.ts")).trim().split("\n");
    const expected = ["thread", "pool"].flatMap((placement) => [
      ...["byTimer answered", "byPromise answered", `meanwhile ${exited}`].flatMap((line) => [
        `${placement} ${line}`,
        exited,
      ]),
      "pong",
    ]);
    // The hook writes from its own thread, at any moment.
    assertEquals(lines.filter((line) => line !== "in order"), expected);
    assert(lines.includes("in order"), lines.join("\n"));
  });

  // ray: error-driver-code
  it("gets a DriverCodeInWorkerError as the cause when its driver code has no guard", async () => {
    const out = await runToEnd("tests/programs/driver_code.ts");
    assertStringIncludes(out, "ActorDiedError because of true");
    assertStringIncludes(out, "import.meta.main");
  });

  it("needs no guard in modules that only declare", async () => {
    assertEquals(await runToEnd("tests/programs/guard_less.ts"), "pong 6\n");
  });

  it("needs no permission for inline actors", async () => {
    const out = await runToEnd("tests/programs/inline_only.ts", { permissions: ["--no-prompt"] });
    assertEquals(out, "2 1\ntrue\ntrue\nended\n");
  });

  it("needs only --allow-read for threads", async () => {
    const out = await runToEnd("tests/programs/threads.ts", { permissions: ["--no-prompt", "--allow-read"] });
    assertEquals(out, "200001 42\n1\nended\n");
  });

  if (isDeno && process.platform === "linux") {
    it("asks for no permission at a terminal either", async () => {
      const out = await runToEnd("tests/programs/threads.ts", { atTerminal: true });
      assertEquals(out.replaceAll("\r", ""), "200001 42\n1\nended\n");
    });
  }

  if (!isDeno) {
    it("is told on Node that Manta runs on Deno and Bun", async () => {
      const folder = await mkdtemp(join(tmpdir(), "manta-node-"));
      try {
        const bundle = join(folder, "program.mjs");
        const execute = promisify(execFile);
        const source = join(root, "tests/programs/guard_less.ts");
        await execute(process.execPath, ["build", "--target=node", source, "--outfile", bundle]);
        const { stderr } = await execute("node", [bundle]).catch((error: { stderr: string }) => error);
        assertMatch(stderr, /Error: Cannot .*: Manta runs on Deno and on Bun, and this is Node \d/);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
  }

  // ray: pain-creation
  it("burns no CPU while ten actors are idle", async () => {
    const [bare, idle] = (await runToEnd("tests/programs/idle_cpu.ts")).trim().split(" ").map(Number);
    assertLess(idle, mostWhileIdle(bare));
  });

  it("burns no CPU while threaded actors are idle, or have calls that wait, and then exits by itself", async () => {
    const out = await runToEnd("tests/programs/threaded_idle.ts");
    const [bare, idle, waiting] = out.trim().split(" ").map(Number);
    assertLess(idle, mostWhileIdle(bare));
    assertLess(waiting, mostWhileIdle(bare));
  });

  it("burns no CPU after actors that never rest were ended", async () => {
    const milliseconds = Number(await runToEnd("tests/programs/ended_cpu.ts"));
    assertLess(milliseconds, 400);
  });

  it("finds its modules in a folder whose name has spaces, brackets and what URLs write otherwise", async () => {
    const folder = await mkdtemp(join(root, "tests", ".odd (1) C# 50%20 \u00fc-"));
    try {
      await cp(join(root, "tests/programs/odd_path.ts"), join(folder, "odd_path.ts"));
      // Deno shows the URLs of files decoded, or not, as the working directory is.
      for (
        const [cwd, file] of [[folder, "odd_path.ts"], [root, join("tests", basename(folder), "odd_path.ts")]]
      ) {
        assertEquals(await runToEnd(file, { cwd }), "actor function\n");
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("gets an error that names experimentalDecorators when its decorators are legacy ones", async () => {
    const folder = await mkdtemp(join(root, "tests", ".legacy-"));
    try {
      await cp(join(root, "tests/programs/legacy.ts"), join(folder, "legacy.ts"));
      const compilerOptions = { experimentalDecorators: true };
      if (isDeno) {
        const imports = {
          "@manta/ray": "../../mod.ts",
          "@std/async/delay": "../../vendor/std-async/mod.js",
          "@std/async": "../../vendor/std-async/mod.js",
        };
        await writeFile(
          join(folder, "deno.json"),
          JSON.stringify({ workspace: [], imports, compilerOptions, nodeModulesDir: "none" }),
        );
      } else {
        await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
      }
      const config = isDeno ? ["--config", join(folder, "deno.json")] : [];
      const out = await runToEnd("legacy.ts", { cwd: folder, permissions: ["--allow-read", ...config] });
      const lines = out.trim().split("\n");
      assertEquals(lines.length, 3, out);
      for (const line of lines) assertStringIncludes(line, "experimentalDecorators");
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe("the examples", () => {
  // ray: seed-async
  it("async_actor_yields.ts --fast answers while run() goes on, and ends", async () => {
    const out = await runToEnd("examples/async_actor_yields.ts", { args: ["--fast"] });
    for (const how of ["awaits each task", "awaits delay(0)"]) {
      const done = [...out.matchAll(new RegExp(`${how.replace(/[()]/g, "\\$&")}: (\\d+) tasks done`, "g"))]
        .map((match) => Number(match[1]));
      assertEquals(done.length, 3, out);
      assert(done[0] <= done[1] && done[1] <= done[2] && done[0] < done[2], out);
    }
  });

  // ray: threaded
  it("threaded_actor_answers.ts --fast answers while run() holds the other thread, and ends", async () => {
    const out = await runToEnd("examples/threaded_actor_answers.ts", { args: ["--fast"] });
    const done = [...out.matchAll(/two threads: (\d+) tasks done/g)].map((match) => Number(match[1]));
    assertEquals(done.length, 3, out);
    assert(done[0] <= done[1] && done[1] <= done[2] && done[0] < done[2], out);
  });

  // ray: seed-sync
  it("sync_actor_blocks.ts --fast times out, its timer ticks, and it ends", async () => {
    const out = await runToEnd("examples/sync_actor_blocks.ts", { args: ["--fast"] });
    assertStringIncludes(out, "before run() it answers: 0 tasks done");
    assertStringIncludes(out, "GetTimeoutError: ");
    assertStringIncludes(out, "TaskExecutor.run");
    const ticks = Number(/ticked (\d+) times/.exec(out)?.[1]);
    assert(ticks >= 5, out);
  });
});

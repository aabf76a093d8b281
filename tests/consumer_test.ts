/**
 * The package as others get it: the files that are published, over HTTP as from JSR, and in a `node_modules` folder.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const isDeno = "Deno" in globalThis && !("Bun" in globalThis);

/**
 * A program of somebody else's: a thread that answers, a thread that calls it, inline, and a task. The store is up before anybody
 * blocks on it: under Deno, a thread that still loads modules over the network may depend on the one that blocks.
 */
const program = `
import { Actor, type ActorHandle, getSync, remote, shutdown } from "@manta/ray";
import { ActorPool, Queue } from "@manta/ray/util";

@remote
class Store extends Actor {
  #next = 0;
  next(): number {
    return this.#next++;
  }
}

@remote
class Reader extends Actor {
  constructor(readonly store: ActorHandle<Store>) {
    super();
  }
  read(): number {
    return getSync(this.store.next.remote());
  }
}

const double = remote(function double(x: number): number {
  return 2 * x;
});

if (import.meta.main) {
  const store = Store.remote();
  const inline = Store.options({ placement: "inline" }).remote();
  console.log("first", await store.next.remote());
  const reader = Reader.remote(store);
  console.log("got", await reader.read.remote(), await reader.read.remote(), await inline.next.remote(), await double.remote(21));
  const pool = new ActorPool([store, inline]);
  pool.submit((actor, _) => actor.next.remote(), undefined);
  console.log("pool", await pool.getNext({ timeout: 60_000 }));
  const queue = new Queue<number>();
  await queue.put(4);
  console.log("queue", await queue.get({ timeout: 60_000 }));
  await shutdown();
}
`;

interface Ended {
  code: number;
  output: string;
}

function run(args: string[], cwd: string): Promise<Ended> {
  return new Promise((resolve) => {
    const env = { ...process.env, NO_COLOR: "1" };
    execFile(process.execPath, args, { cwd, env, timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: stdout + stderr });
    });
  });
}

/** What `publish.include` of `deno.json` names, as paths from the root. */
async function publishedFiles(): Promise<string[]> {
  const { publish } = JSON.parse(await readFile(join(root, "deno.json"), "utf8")) as {
    publish: { include: string[] };
  };
  const files: string[] = [];
  for (const name of publish.include) {
    if (name.includes(".") || name === "LICENSE") files.push(name);
    else {for (const file of await readdir(join(root, name), { recursive: true })) {
        if (file.endsWith(".ts")) files.push(join(name, file));
      }}
  }
  return files.sort();
}

async function inTemporaryFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "manta-consumer-"));
  try {
    await test(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Serves the published files as JSR does, on this machine only; returns the address and what to call at the end. */
async function serve(
  files: string[],
): Promise<{ address: string; asked: Set<string>; close: () => Promise<void> }> {
  const asked = new Set<string>();
  const server = createServer(async (request, response) => {
    const name = new URL(request.url!, "http://localhost").pathname.slice(1);
    asked.add(name);
    if (!files.includes(name)) return response.writeHead(404).end();
    response.writeHead(200, {
      "content-type": name.endsWith(".ts") ? "application/typescript" : "text/plain",
    });
    response.end(await readFile(join(root, name)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { address, asked, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

describe("the published package", () => {
  if (isDeno) {
    it("is what publish --dry-run lists", async () => {
      const { output } = await run(["publish", "--dry-run", "--allow-dirty"], root);
      const listed = [...output.matchAll(/file:\/\/(\S+) \(/g)].map((match) => match[1].slice(root.length));
      assertEquals(listed.sort(), await publishedFiles());
    });

    it("runs over HTTP, threads included, with no permission but to read and import", () =>
      inTemporaryFolder(async (folder) => {
        const server = await serve(await publishedFiles());
        try {
          const imports = {
            "@manta/ray": `${server.address}/mod.ts`,
            "@manta/ray/util": `${server.address}/util.ts`,
            "@manta/ray/testing": `${server.address}/testing.ts`,
            "@std/async/abortable": "npm:deno-std@1.4.0/async/abortable.js",
            "@std/async/deadline": "npm:deno-std@1.4.0/async/deadline.js",
          };
          await writeFile(join(folder, "deno.json"), JSON.stringify({ imports }));
          await writeFile(join(folder, "main.ts"), program);
          const host = server.address.slice("http://".length);
          const args = [
            "run",
            "--no-lock",
            "--reload=" + server.address,
            "--allow-read",
            `--allow-import=${host}`,
            "main.ts",
          ];
          const { code, output } = await run(args, folder);
          assertStringIncludes(output, "got 1 2 0 42\npool 3\nqueue 4");
          assertEquals(code, 0);
          assert(server.asked.has("lib/runtime/worker.ts"), "the worker's entry came over HTTP as well");
        } finally {
          await server.close();
        }
      }));
  } else {
    it("runs from node_modules, threads included", () =>
      inTemporaryFolder(async (folder) => {
        const modules = join(folder, "node_modules");
        for (const file of await publishedFiles()) {
          const target = join(modules, "@manta", "ray", file);
          await mkdir(join(target, ".."), { recursive: true });
          await cp(join(root, file), target);
        }
        const exports = { ".": "./mod.ts", "./util": "./util.ts", "./testing": "./testing.ts" };
        const manifest = { name: "@manta/ray", version: "0.1.0", type: "module", exports };
        await writeFile(join(modules, "@manta", "ray", "package.json"), JSON.stringify(manifest));
        await mkdir(join(modules, "@std", "async"), { recursive: true });
        for (const file of ["package.json", "mod.js"]) {
          await cp(join(root, "vendor", "std-async", file), join(modules, "@std", "async", file));
        }
        const std = createRequire(join(root, "vendor", "std-async", "mod.js")).resolve(
          "deno-std/async/tee.js",
        );
        await cp(join(std, "..", ".."), join(modules, "deno-std"), { recursive: true });
        await writeFile(join(folder, "main.ts"), program);
        const { code, output } = await run(["run", "main.ts"], folder);
        assertStringIncludes(output, "got 1 2 0 42\npool 3\nqueue 4");
        assertEquals(code, 0);
      }));
  }
});

/**
 * The documents' programs, run as a reader would: each in an empty folder, by the name of the package.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const isDeno = "Deno" in globalThis && !("Bun" in globalThis);

/** What each program of a document prints, and what it needs beside `--allow-read`. */
const documents: Record<string, { prints: RegExp[]; permissions?: string[] }> = {
  "README.md": {
    prints: [
      /^\d+ tasks so far\n$/,
      /^1\n2 1 \[ 2, 3, 1 \]\n42\n16\n$/,
      /^1\n4\n9\n41\n$/,
    ],
  },
  "docs/GUIDE.md": {
    // The section on processes says so.
    permissions: ["--allow-run", "--allow-env"],
    prints: [
      /^true\nticked true\n$/,
      /^1000003\n1 3\n$/,
      /^red\ntrue \[ "settings" \]\n$/,
      /^true 1\n$/,
      /^2000\n$/,
      /^49995000\n$/,
      /^45\ntrue\n$/,
      /^the title of a\nALIVE PENDING_CREATION\nthe title of b C\n$/,
      /^\[ 1, 4, 9 \]\n$/,
      /^Failed with seed \d+, run \d+ of 50: The balance is \d+\n$/,
      /^Worker\.square RangeError: -3 is negative\nWorker ALIVE 0 0\n[^]*FINISHED: 2[^]*FAILED: 1/,
      /^\[\{"ph":"X","cat":"task","name":"Worker\.square","pid":1,"tid":\d+,"ts":[\d.]+,"dur":[\d.]+,.*FINISHED.*\}\]\n$/,
      /^3\ntrue\ntrue\ntrue false\nActorDiedError\nActorNotFoundError\nGetTimeoutError\n$/,
    ],
  },
};

async function runAlone(
  program: string,
  permissions: string[],
): Promise<{ code: number; stdout: string; stderr: string }> {
  const folder = await mkdtemp(join(tmpdir(), "manta-readme-"));
  try {
    await writeFile(join(folder, "main.ts"), program);
    if (isDeno) {
      const imports = {
        "@manta/ray": join(root, "mod.ts"),
        "@manta/ray/util": join(root, "util.ts"),
        "@manta/ray/testing": join(root, "testing.ts"),
      };
      await writeFile(join(folder, "deno.json"), JSON.stringify({ imports }));
    } else {
      await mkdir(join(folder, "node_modules/@manta"), { recursive: true });
      await symlink(root, join(folder, "node_modules/@manta/ray"));
    }
    const args = isDeno
      ? ["run", "--no-lock", "--allow-read", ...permissions, "main.ts"]
      : ["run", "main.ts"];
    const env = { ...process.env, NO_COLOR: "1" };
    return await new Promise((resolve) => {
      execFile(process.execPath, args, { cwd: folder, env, timeout: 60_000 }, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
      });
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

for (const [name, { prints, permissions = [] }] of Object.entries(documents)) {
  const text = await readFile(join(root, name), "utf8");
  const programs = [...text.matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1]);

  describe(name, () => {
    it("has as many programs as this test knows", () => assertEquals(programs.length, prints.length));

    programs.forEach((program, index) => {
      it(`program ${index + 1} prints what it should`, async () => {
        const { code, stdout, stderr } = await runAlone(program, permissions);
        assertMatch(stdout, prints[index], stderr);
        assertEquals(code, 0, stderr);
      });
    });
  });
}

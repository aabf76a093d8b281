import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { checkStructure } from "./structure.ts";

/** Checks files, and writes what is found as `file:line: reason`. */
function check(files: Record<string, string>): string[] {
  return checkStructure(new Map(Object.entries(files))).map((found) =>
    `${found.file}:${found.line}: ${found.reason}`
  );
}

describe("checkStructure()", () => {
  it("accepts imports of the own folder and of lower ranks", () => {
    const found = check({
      "mod.ts": 'export { a } from "./lib/api/a.ts";\nexport type { B } from "./lib/api/a.ts";\n',
      "lib/api/a.ts": '\nimport { c } from "../base/c.ts";\nexport const a = c;\nexport interface B {}\n',
      "lib/base/c.ts":
        'import { delay } from "@std/async";\nimport { d } from "./d.ts";\nexport const c = d(delay);\n',
      "lib/base/d.ts": "export function d(x: unknown): unknown {\n  return x;\n}\n",
    });
    assertEquals(found, []);
  });

  it("refuses an import of a higher rank, types too", () => {
    const found = check({
      "lib/base/a.ts":
        'import {\n  x,\n} from "../wire/b.ts";\nimport type { M } from "../../mod.ts";\nconst a = x;\n',
      "lib/wire/b.ts": "export const x = 1;\n",
    });
    assertEquals(found, [
      'lib/base/a.ts:1: imports "lib/wire/b.ts", and wire ranks above base',
      'lib/base/a.ts:4: imports "mod.ts", and mod.ts ranks above base',
    ]);
  });

  it("reads every form of import and re-export", () => {
    const found = check({
      "lib/base/a.ts": [
        "export function f(): void {}",
        'import x, { type Y } from "../wire/1.ts";',
        'import * as z from "../wire/2.ts";',
        'export * from "../wire/3.ts";',
        'export * as w from "../wire/4.ts";',
        'export { x as default } from "../wire/5.ts";',
        'import type T from "../wire/6.ts";\n',
      ].join("\n"),
    });
    assertEquals(found.map((line) => line.slice(0, 39)), [
      'lib/base/a.ts:2: imports "lib/wire/1.ts',
      'lib/base/a.ts:3: imports "lib/wire/2.ts',
      'lib/base/a.ts:4: imports "lib/wire/3.ts',
      'lib/base/a.ts:5: imports "lib/wire/4.ts',
      'lib/base/a.ts:6: imports "lib/wire/5.ts',
      'lib/base/a.ts:7: imports "lib/wire/6.ts',
    ]);
  });

  it("refuses an import between equal ranks, and one out of lib/", () => {
    const found = check({
      "lib/call/a.ts": 'import { x } from "../exec/b.ts";\nimport "../../tests/c.ts";\nconst a = x;\n',
      "lib/exec/b.ts": "export const x = 1;\n",
    });
    assertEquals(found, [
      'lib/call/a.ts:1: imports "lib/exec/b.ts", and exec has the same rank as call',
      'lib/call/a.ts:2: imports "tests/c.ts", which is not in lib/',
    ]);
  });

  it("finds a cycle of values, not one that types close", () => {
    const file = (other: string, kind = ""): string =>
      `import ${kind}{ X } from "./${other}.ts";\nexport const Y = X;\n`;
    assertEquals(check({ "lib/base/a.ts": file("b"), "lib/base/b.ts": file("a", "type ") }), []);
    assertEquals(check({ "lib/base/a.ts": file("b"), "lib/base/b.ts": file("a") }), [
      "lib/base/b.ts:1: closes a cycle: lib/base/a.ts → lib/base/b.ts → lib/base/a.ts",
    ]);
    const inline = 'import { type X, type Z } from "./b.ts";\nexport type Y = X | Z;\n';
    assertEquals(check({ "lib/base/a.ts": inline, "lib/base/b.ts": file("a") }), []);
  });

  it("refuses long files, barrels, names not in snake_case and unranked folders", () => {
    const found = check({
      "lib/base/long.ts": "const x = 1;\n".repeat(301),
      "lib/base/barrel.ts": '// All.\nexport * from "./long.ts";\nexport type { X } from "./long.ts";\n',
      "lib/base/camelCase.ts": "const x = 1;\n",
      "lib/utils/a.ts": "const x = 1;\n",
      "lib/b.ts": "const x = 1;\n",
    });
    const ranked =
      "base, wire, define, observe, objects, call, exec, transport, supervise, registry, runtime, api, cluster, patterns, testing";
    assertEquals(found, [
      `lib/b.ts:1: is in no folder that has a rank: ${ranked}`,
      "lib/base/barrel.ts:1: only re-exports: mod.ts alone aggregates",
      "lib/base/camelCase.ts:1: is not named in snake_case",
      "lib/base/long.ts:301: has 301 lines, at most 300 are allowed",
      `lib/utils/a.ts:1: is in no folder that has a rank: ${ranked}`,
    ]);
  });

  it("refuses a static import of a worker's entry, not its URL", () => {
    const found = check({
      "lib/transport/spawn.ts": 'const entry = new URL("./boot.ts", import.meta.url);\n',
      "lib/transport/boot.ts": "export const x = 1;\n",
      "lib/transport/a.ts": 'import { x } from "./boot.ts";\nimport "./worker.ts";\nconst a = x;\n',
      "lib/transport/worker.ts": "const x = 1;\n",
    });
    assertEquals(found, [
      'lib/transport/a.ts:1: imports "lib/transport/boot.ts", a worker\'s entry, which only its URL may name',
      'lib/transport/a.ts:2: imports "lib/transport/worker.ts", a worker\'s entry, which only its URL may name',
    ]);
  });

  it("refuses an export of lib/api/ that mod.ts lacks, unless it is @internal", () => {
    const found = check({
      "mod.ts": 'export { a as b, type C } from "./lib/api/a.ts";\n',
      "lib/api/a.ts": [
        "export const a = 1;",
        "export interface C {}",
        "/** @internal */",
        "export function hidden(): void {}",
        "/** Public, says `@internal` of nothing. */",
        "const d = 1;",
        "export async function* e(): AsyncGenerator<number> {}",
        "export { d };\n",
      ].join("\n"),
    });
    assertEquals(found, [
      'lib/api/a.ts:7: exports "e", which mod.ts does not: export it there or mark it @internal',
      'lib/api/a.ts:8: exports "d", which mod.ts does not: export it there or mark it @internal',
    ]);
  });

  it("refuses to ignore a lint rule without a reason", () => {
    const ignore = "// deno-lint-ignore no-explicit-any";
    const found = check({
      "lib/base/a.ts": `${ignore}\ntype A = any;\n${ignore} -- variance\ntype B = any;\n`,
    });
    assertEquals(found, ["lib/base/a.ts:1: ignores a lint rule without ` -- ` and a reason"]);
  });

  it("does not see imports in comments and template strings", () => {
    const text =
      '/*\nimport "../wire/b.ts";\n*/\nconst x = `\nimport "../wire/b.ts";\n`;\nconst y = /["`/*]/;\n';
    assertEquals(check({ "lib/base/a.ts": text }), []);
  });
});

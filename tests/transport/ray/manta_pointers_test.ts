import { assertEquals } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { pathToFileURL } from "node:url";
import { pointersTo } from "../../../lib/transport/ray/manta_pointers.ts";

describe("pointersTo()", () => {
  let root: string;
  const write = (path: string, text: string): void => writeFileSync(`${root}/${path}`, text);

  beforeEach(() => {
    root = realpathSync(mkdtempSync(`${tmpdir()}/manta-pointers-`));
    for (const folder of ["manta", "program/node_modules/@manta"]) {
      mkdirSync(`${root}/${folder}`, { recursive: true });
    }
    const exports = { ".": "./mod.ts", "./util": "./util.ts" };
    write(
      "manta/package.json",
      JSON.stringify({ name: "@manta/ray", type: "module", exports, private: true }),
    );
  });
  afterEach(() => rmSync(root, { recursive: true }));

  /** Those of the program, as texts. */
  function pointers(program = "program"): Record<string, string> {
    const files = pointersTo(`${root}/manta`, `${root}/${program}`);
    const decoder = new TextDecoder();
    for (const { size, content } of files) assertEquals(size, content!.length);
    return Object.fromEntries(files.map(({ path, content }) => [path, decoder.decode(content)]));
  }

  it("makes absolute places in maps relative, and leaves all else as it is", () => {
    const url = pathToFileURL(`${root}/manta`).href;
    write(
      "program/deno.jsonc",
      `{ // "${root}"\n"imports": { "a": "${root}/manta/mod.ts", "b": "${url}/util.ts" } }`,
    );
    write("program/tsconfig.json", `{ "compilerOptions": { "paths": { "c": ["${root}/mantas/mod.ts"] } } }`);
    assertEquals(pointers(), {
      "deno.jsonc": `{ // "${root}"\n"imports": { "a": "../manta/mod.ts", "b": "../manta/util.ts" } }`,
    });
  });

  it("puts a package that passes on all exports in the place of a link", () => {
    const link = "node_modules/@manta/ray";
    symlinkSync(`${root}/manta`, `${root}/program/${link}`);
    const exports = { ".": "./mod.ts", "./util": "./util.ts" };
    assertEquals(pointers(), {
      [`${link}/package.json`]: JSON.stringify({ name: "@manta/ray", type: "module", exports }),
      [`${link}/mod.ts`]: `export * from "../../../../manta/mod.ts";\n`,
      [`${link}/util.ts`]: `export * from "../../../../manta/util.ts";\n`,
    });
  });

  it("says nothing of a program without either, nor of one that Manta is in", () => {
    write("program/deno.json", `{ "imports": { "a": "jsr:@manta/ray" } }`);
    assertEquals(pointers(), {});
    write("deno.json", `{ "imports": { "a": "${root}/manta/mod.ts" } }`);
    assertEquals(pointers("."), {});
  });
});

import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { unzipSync } from "fflate";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { filesOf, MAX_PACKAGE_BYTES, packFolder } from "../../lib/transport/ray/program_package.ts";

/** Makes a folder with these files, for as long as `use` runs. */
function withFolder(files: Record<string, string>, use: (root: string) => void): void {
  const root = mkdtempSync(`${tmpdir()}/manta-package-`);
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(`${root}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
      writeFileSync(`${root}/${path}`, text);
    }
    use(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

const paths = (root: string): string[] => filesOf(root).map(({ path }) => path);

describe("packFolder", () => {
  it("leaves out what .gitignore names, in each folder its own, and .git", () => {
    withFolder({
      ".gitignore": "node_modules/\n*.log\n!keep.log\n/top\n",
      ".git/HEAD": "x",
      "main.ts": "x",
      "a.log": "x",
      "keep.log": "x",
      "top": "x",
      "deep/top": "x",
      "deep/node_modules/x/index.js": "x",
      "deep/.gitignore": "secret\n!b.log\n",
      "deep/secret": "x",
      "deep/b.log": "x",
      "deep/c.log": "x",
    }, (root) => {
      assertEquals(paths(root), [
        ".gitignore",
        "deep/.gitignore",
        "deep/b.log",
        "deep/top",
        "keep.log",
        "main.ts",
      ]);
    });
  });

  it("packs what links to files name, and no folder twice", () => {
    withFolder({ "a/x.ts": "text" }, (root) => {
      symlinkSync(`${root}/a/x.ts`, `${root}/link.ts`);
      symlinkSync(root, `${root}/a/loop`);
      symlinkSync(`${root}/nothing`, `${root}/broken`);
      assertEquals(paths(root), ["a/x.ts", "link.ts"]);
      const { bytes } = packFolder(root);
      assertEquals(new TextDecoder().decode(unzipSync(bytes)["link.ts"]), "text");
    });
  });

  it("gives the same name to the same files, and another one to others", () => {
    const files = { "a.ts": "one", "b/c.ts": "two" };
    const names: string[] = [];
    for (const contents of [files, files, { ...files, "a.ts": "ONE" }, { "a.ts": "one", "b/d.ts": "two" }]) {
      withFolder(contents, (root) => void names.push(packFolder(root).uri));
    }
    assert(/^gcs:\/\/_ray_pkg_[0-9a-f]{32}\.zip$/.test(names[0]), names[0]);
    assertEquals(names[1], names[0]);
    assertEquals(new Set(names).size, 3);
  });

  it("refuses more than Ray takes, and names the largest files", () => {
    withFolder({ "big.bin": "", "small.ts": "x" }, (root) => {
      truncateSync(`${root}/big.bin`, MAX_PACKAGE_BYTES + 1);
      const { message } = assertThrows(() => packFolder(root), RangeError);
      assertStringIncludes(message, "500.0 MB are allowed");
      assertStringIncludes(message, "big.bin (500.0 MB)");
      assertStringIncludes(message, ".gitignore");
    });
  });
});

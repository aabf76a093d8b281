import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { loadPackage } from "../../../lib/transport/ray/load_package.ts";
import {
  filesOf,
  MAX_PACKAGE_BYTES,
  packFolder,
  withFoldersSent,
} from "../../../lib/transport/ray/program_package.ts";

/** Makes a folder with these files, for as long as `use` runs. */
async function withFolder(
  files: Record<string, string>,
  use: (root: string) => Promise<void>,
): Promise<void> {
  const root = mkdtempSync(`${tmpdir()}/manta-package-`);
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(`${root}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
      writeFileSync(`${root}/${path}`, text);
    }
    await use(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}

const paths = async (root: string): Promise<string[]> => (await filesOf(root)).map(({ path }) => path);

describe("packFolder()", () => {
  it("leaves out what .gitignore names, in each folder its own, and .git", async () => {
    await withFolder({
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
    }, async (root) => {
      assertEquals(await paths(root), [
        ".gitignore",
        "deep/.gitignore",
        "deep/b.log",
        "deep/top",
        "keep.log",
        "main.ts",
      ]);
    });
  });

  it("packs what links to files name, and no folder twice", async () => {
    await withFolder({ "a/x.ts": "text" }, async (root) => {
      symlinkSync(`${root}/a/x.ts`, `${root}/link.ts`);
      symlinkSync(root, `${root}/a/loop`);
      symlinkSync(`${root}/nothing`, `${root}/broken`);
      assertEquals(await paths(root), ["a/x.ts", "link.ts"]);
      const { bytes } = await packFolder(root);
      const { unzipSync } = await loadPackage<{ unzipSync(zip: Uint8Array): Record<string, Uint8Array> }>(
        "fflate",
      );
      assertEquals(new TextDecoder().decode(unzipSync(bytes)["link.ts"]), "text");
    });
  });

  it("gives the same name to the same files, and another one to others", async () => {
    const files = { "a.ts": "one", "b/c.ts": "two" };
    const names: string[] = [];
    for (const contents of [files, files, { ...files, "a.ts": "ONE" }, { "a.ts": "one", "b/d.ts": "two" }]) {
      await withFolder(contents, async (root) => void names.push((await packFolder(root)).uri));
    }
    assert(/^gcs:\/\/_ray_pkg_[0-9a-f]{32}\.zip$/.test(names[0]), names[0]);
    assertEquals(names[1], names[0]);
    assertEquals(new Set(names).size, 3);
  });

  it("refuses more than Ray takes, and names the largest files", async () => {
    await withFolder({ "big.bin": "", "small.ts": "x" }, async (root) => {
      truncateSync(`${root}/big.bin`, MAX_PACKAGE_BYTES + 1);
      const { message } = await assertRejects(() => packFolder(root), RangeError);
      assertStringIncludes(message, "500.0 MB are allowed");
      assertStringIncludes(message, "big.bin (500.0 MB)");
      assertStringIncludes(message, ".gitignore");
    });
  });
});

describe("withFoldersSent()", () => {
  it("sends folders, once, keeps addresses, and refuses what is no folder", async () => {
    const stored = new Map<string, Uint8Array>();
    const [pinned, text] = [new Set<string>(), new TextDecoder()];
    const store = {
      has: (key: Uint8Array) => Promise.resolve(stored.has(text.decode(key))),
      set: (key: Uint8Array, value: Uint8Array) => {
        stored.set(text.decode(key), value);
        return Promise.resolve(false);
      },
      pin: (uri: string) => Promise.resolve(void pinned.add(uri)),
    } as unknown as Parameters<typeof withFoldersSent>[1];
    await withFolder({ "model.py": "x = 1" }, async (root) => {
      const said = { working_dir: root, py_modules: [root, "s3://bucket/x.zip"], pip: ["scipy"] };
      const { uri } = await packFolder(root);
      assertEquals(await withFoldersSent(said, store), {
        working_dir: uri,
        py_modules: [uri, "s3://bucket/x.zip"],
        pip: ["scipy"],
      });
      assertEquals([[...stored.keys()], [...pinned]], [[uri], [uri]]);
    });
    const { message } = await assertRejects(
      () => withFoldersSent({ working_dir: "./nowhere" }, store),
      RangeError,
    );
    assertStringIncludes(message, '"./nowhere"');
  });
});

/**
 * A program as it travels to the nodes: its folder, and Manta, in one package, where they have the places that they have here.
 *
 * @module
 */

import { existsSync, readdirSync, statSync } from "node:fs";
import { installedFiles } from "./installed_packages.ts";
import { pointersTo } from "./manta_pointers.ts";
import { filesOf, type Package, type PackedFile, packFiles } from "./program_package.ts";

/** What travels. */
export interface ProgramFolders {
  /** The root of what travels: a path, without a slash behind it. */
  readonly root: string;
  /** The program's folder, from there. */
  readonly program: string;
  /** Manta's own folder, from there; `undefined` if Manta does not come from this machine's files. */
  readonly manta: string | undefined;
}

/** A program that the nodes can fetch, once it is sent. */
export interface PackedProgram extends Package {
  /** A file that is in its root, and nowhere else. */
  readonly marker: string;
}

/** What actors need of Manta's folder; a checkout has its dependencies in `vendor`. */
const NEEDED = ["mod.ts", "util.ts", "testing.ts", "ray.ts", "deno.json", "package.json", "lib", "vendor"];

/** Packs a program. */
export async function packProgram(folders: ProgramFolders): Promise<PackedProgram> {
  const { root, program, manta } = folders;
  const files = new Map<string, PackedFile>();
  const add = (folder: string, found: readonly PackedFile[]): void => {
    for (const file of found) {
      const path = folder === "" ? file.path : `${folder}/${file.path}`;
      files.set(path, { ...file, path });
    }
  };
  const folder = below(root, program);
  const own = manta === undefined ? undefined : below(root, manta);
  add(program, installedFiles(folder, own));
  add(program, await filesOf(folder));
  if (manta !== undefined && own !== undefined) {
    add(manta, mantaFiles(own));
    add(manta, installedFiles(own));
    add(program, pointersTo(own, folder));
  }
  const sorted = [...files.values()].sort((a, b) => a.path < b.path ? -1 : 1);
  const marker = (hash: string): string => `.manta-${hash}`;
  const packed = await packFiles(root, sorted, marker);
  return { ...packed, marker: marker(packed.hash) };
}

/** Also where the program's `.gitignore` names it, as in `node_modules`. */
function mantaFiles(root: string): PackedFile[] {
  const files: PackedFile[] = [];
  const visit = (path: string): void => {
    const stat = statSync(`${root}/${path}`);
    if (stat.isFile()) files.push({ path, size: stat.size });
    else for (const name of readdirSync(`${root}/${path}`)) visit(`${path}/${name}`);
  };
  for (const name of NEEDED) {
    if (existsSync(`${root}/${name}`)) visit(name);
  }
  return files;
}

function below(root: string, folder: string): string {
  return folder === "" ? root : `${root}/${folder}`;
}

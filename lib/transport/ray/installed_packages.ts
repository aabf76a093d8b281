/**
 * The npm packages that a program is installed with, as its nodes need them: what its `package.json` names under `dependencies`, and
 * what these need, from `node_modules`. Nodes may not reach npm.
 *
 * @module
 */

import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import type { PackedFile } from "./program_package.ts";

/**
 * The files of these packages, by their paths from `root`. What a link names travels in its place, but for one that leads to
 * `besides`, a folder that travels anyway.
 */
export function installedFiles(root: string, besides?: string): PackedFile[] {
  const files: PackedFile[] = [];
  const seen = new Set<string>();
  const visit = (folder: string): void => {
    for (const name of dependenciesOf(folder)) {
      const place = found(root, folder, name);
      if (place === undefined || seen.has(place)) continue;
      seen.add(place);
      if (besides !== undefined && isLinkTo(besides, place)) continue;
      collect(root, place, files);
      visit(place);
    }
  };
  visit(root);
  return files;
}

/** True for a link, or a path through one, that leads to a folder. */
export function isLinkTo(folder: string, place: string): boolean {
  return place !== folder && realpathSync(place) === realpathSync(folder);
}

function dependenciesOf(folder: string): string[] {
  try {
    const { dependencies, optionalDependencies } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
    return Object.keys({ ...dependencies, ...optionalDependencies });
  } catch {
    return [];
  }
}

/** Where a folder's dependency is: in the nearest `node_modules`, from where it stands or from where a link to it leads. */
function found(root: string, from: string, name: string): string | undefined {
  for (const start of [from, realpathSync(from)]) {
    for (let folder = start; folder.startsWith(root); folder = folder.slice(0, folder.lastIndexOf("/"))) {
      const place = `${folder}/node_modules/${name}`;
      if (existsSync(place)) return place;
    }
  }
  return undefined;
}

function collect(root: string, folder: string, files: PackedFile[]): void {
  for (const name of readdirSync(folder)) {
    const path = `${folder}/${name}`;
    const stat = statSync(path, { throwIfNoEntry: false });
    // Nested packages are found as what needs them is.
    if (stat === undefined || name === "node_modules") continue;
    if (stat.isDirectory()) collect(root, path, files);
    else files.push({ path: path.slice(root.length + 1), size: stat.size });
  }
}

/**
 * How a program finds Manta that has Manta from a folder of this machine: on a node both are elsewhere, each where it is from the
 * other. What says so by a path from this machine's root, or by a link, is said anew.
 *
 * @module
 */

import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { pathToFileURL } from "node:url";
import { isLinkTo } from "./installed_packages.ts";
import type { PackedFile } from "./program_package.ts";

/** Files that may map the names of modules to places. */
const MAPS = ["deno.json", "deno.jsonc", "import_map.json", "tsconfig.json", "jsconfig.json"];
const encoder = new TextEncoder();

/** The files of the program in `folder` that are to be others on a node, so that they lead to Manta's, `manta`; by their paths. */
export function pointersTo(manta: string, folder: string): PackedFile[] {
  return [...maps(manta, folder), ...links(manta, folder)];
}

/** Maps in which absolute places in Manta have become relative ones. */
function maps(manta: string, folder: string): PackedFile[] {
  const there = relative(folder, manta);
  const places = [manta, pathToFileURL(manta).href];
  // It is in the program's own folder.
  if (!there.startsWith("..")) return [];
  return MAPS.filter((name) => existsSync(`${folder}/${name}`)).flatMap((name) => {
    const text = readFileSync(`${folder}/${name}`, "utf8");
    const said = places.reduce((text, place) => text.replaceAll(`"${place}/`, `"${there}/`), text);
    return said === text ? [] : [fileOf(name, said)];
  });
}

/** In place of a link to Manta in `node_modules`, a package of modules that pass on what Manta exports. */
function links(manta: string, folder: string): PackedFile[] {
  const { name, type, exports } = JSON.parse(readFileSync(`${manta}/package.json`, "utf8"));
  const link = `node_modules/${name}`;
  const place = `${folder}/${link}`;
  if (!existsSync(place) || !isLinkTo(manta, place)) return [];
  const there = relative(place, manta);
  const modules = Object.values<string>(exports).map((module) =>
    fileOf(`${link}/${module.replace("./", "")}`, `export * from "${module.replace(".", there)}";\n`)
  );
  return [fileOf(`${link}/package.json`, JSON.stringify({ name, type, exports })), ...modules];
}

function fileOf(path: string, text: string): PackedFile {
  const content = encoder.encode(text);
  return { path, size: content.length, content };
}

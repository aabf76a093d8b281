/**
 * Loads what only `bench:peers` installs. The name is no literal, so that types are checked, and all else runs, without it.
 *
 * @module
 */

import { readFileSync } from "node:fs";
import { runtime } from "../workload.ts";

/** The packages and their versions. */
export function packages(): Readonly<Record<string, string>> {
  return JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).dependencies;
}

/** Imports a package, or a module of one, as what the row needs of it. */
export function load<T>(specifier: string): Promise<T> {
  const [name, ...path] = specifier.split("/");
  const version = packages()[name];
  if (runtime.name === "Bun" || version === undefined) return import(specifier);
  return import([`npm:${name}@${version}`, ...path].join("/"));
}

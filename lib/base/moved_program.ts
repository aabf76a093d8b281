/**
 * The copy of a program that a node of a cluster has.
 *
 * @module
 */

import { environment } from "./platform.ts";

/** Where the program's files are on this machine, and the URL that they have on the driver's, by which all know them. */
export interface MovedProgram {
  /** Their folder here, as a URL that ends with a slash. */
  readonly here: string;
  /** The same on the driver's machine. */
  readonly there: string;
}

/** Whoever started the process says where the copy is; `undefined` where the program itself is. */
export const movedProgram: MovedProgram | undefined = JSON.parse(environment("MANTA_PROGRAM") ?? "null") ??
  undefined;

/** By what a stack names files here, and by what it is to: URLs, and paths, which some stacks have, and others in URLs, decoded. */
const names: readonly (readonly [here: string, there: string])[] = movedProgram === undefined
  ? []
  : [[movedProgram.here, movedProgram.there], [pathOf(movedProgram.here), pathOf(movedProgram.there)]];

/** The text of a stack, with the driver's names for the files of the program. */
export function knownStack(stack: string): string {
  return names.reduce((text, [here, there]) => text.replaceAll(here, there), stack);
}

/** The path that a file's URL has. */
export function pathOf(url: string): string {
  return decodeURIComponent(url.slice("file://".length));
}

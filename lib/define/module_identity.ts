/**
 * Which module declares a class or function: found from the stack of the declaration.
 *
 * @module
 */

import { movedProgram } from "../base/moved_program.ts";
import { captureStack, programLines, programScripts } from "../base/stack.ts";

/** Where a module of the program is to be loaded from. */
export function placeOfModule(module: string): string {
  return movedProgram !== undefined && module.startsWith(movedProgram.there)
    ? movedProgram.here + module.slice(movedProgram.there.length)
    : module;
}

function identityAt(url: string): string {
  return movedProgram !== undefined && url.startsWith(movedProgram.here)
    ? movedProgram.there + url.slice(movedProgram.here.length)
    : url;
}

/** What a module is known by: a URL or an absolute path. All else is code of the runtime's own. */
const MODULE = /^(?:(?:file|https?|data|blob):|\/|[A-Za-z]:[\\/])/;

/** Deep enough for Manta's own frames and those of a compiler's decorator helpers. */
const FRAMES = 16;

/** The URL of the module that called Manta; `undefined` if the stack does not tell. */
export function callingModule(): string | undefined {
  const script = programScripts(FRAMES).find((script) => MODULE.test(script));
  return script === undefined ? undefined : normalizeModule(script);
}

/** One spelling for a module: Bun's stacks have paths, Deno's have URLs. */
export function normalizeModule(place: string): string {
  if (/^[a-z][a-z0-9+.-]+:/i.test(place) && !/^[A-Za-z]:[\\/]/.test(place)) {
    return identityAt(new URL(place).href);
  }
  const path = place.replaceAll("\\", "/");
  const url = new URL("file:///");
  url.pathname = path.replaceAll("%", "%25").replaceAll("#", "%23").replaceAll("?", "%3F");
  return identityAt(url.href);
}

/** True if the call came from the helper that compilers emit for legacy decorators. */
export function isLegacyDecoration(): boolean {
  return programLines(captureStack(FRAMES).stack).slice(0, 3).some((line) =>
    // Deno's and TypeScript's helpers have names; Bun's stand in a module of its own.
    /\b_*(ts_)?decorate(Class)?(TS)?\b|__legacyDecorate|\(bun:wrap:/.test(line)
  );
}

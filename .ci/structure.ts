// The rules of the code's structure (.github/ARCHITECTURE.md): ranks, cycles, sizes, names, barrels, `mod.ts` complete.
// Reads text, not a syntax tree: it relies on `deno fmt`, which starts every top-level statement at a line's start.

/** Folders of lib/, lowest first. Those of one rank never import each other. */
const RANKS = [
  ["base"],
  ["wire"],
  ["define", "observe"],
  ["objects"],
  ["call", "exec"],
  ["transport"],
  ["supervise", "registry"],
  ["runtime"],
  ["api"],
  ["cluster"],
  ["patterns", "testing"],
];
/** The modules that users import, and the folder whose exports each must have. */
const ENTRIES: Readonly<Record<string, string>> = {
  "mod.ts": "lib/api/",
  "util.ts": "lib/patterns/",
  "testing.ts": "lib/testing/",
  "ray.ts": "lib/cluster/",
};
const MAX_LINES = 300;
const SNAKE_CASE = /^[a-z][a-z0-9]*(_[a-z0-9]+)*\.ts$/;

export interface Violation {
  file: string;
  line: number;
  reason: string;
}
interface Import {
  to: string;
  line: number;
  typeOnly: boolean;
}

/** Checks `mod.ts` and the files of `lib/`, given as their paths from the root and their texts. */
export function checkStructure(files: ReadonlyMap<string, string>): Violation[] {
  const code = new Map([...files].map(([file, text]) => [file, blank(text)]));
  const imports = new Map([...code].map(([file, text]) => [file, importsOf(file, text)]));
  const entries = new Set([...code].flatMap(([file, text]) => workerEntriesOf(file, text)));
  const violations = [...cycles(imports), ...missingFromMod(files, code)];
  for (const [file, text] of files) {
    const add = (line: number, reason: string): number => violations.push({ file, line, reason });
    for (const { to, line } of imports.get(file)!) {
      const reason = wrongDirection(file, to);
      if (reason) add(line, reason);
      if (entries.has(to)) add(line, `imports "${to}", a worker's entry, which only its URL may name`);
    }
    if (!file.startsWith("lib/")) continue;
    const lines = text.split("\n").length - 1;
    if (lines > MAX_LINES) add(MAX_LINES + 1, `has ${lines} lines, at most ${MAX_LINES} are allowed`);
    if (!SNAKE_CASE.test(file.split("/").at(-1)!)) add(1, "is not named in snake_case");
    if (rankOf(file) < 0) add(1, `is in no folder that has a rank: ${RANKS.flat().join(", ")}`);
    if (isBarrel(code.get(file)!)) add(1, "only re-exports: mod.ts alone aggregates");
    for (const match of text.matchAll(/deno-lint-ignore(?!.* -- \S).*/g)) {
      add(lineOf(text, match.index), "ignores a lint rule without ` -- ` and a reason");
    }
  }
  return violations.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line);
}

/** Replaces comments and template strings by spaces, so that positions and lines stay. */
function blank(text: string): string {
  const token =
    /\/\/.*|\/\*[^]*?\*\/|`(?:\\[^]|[^`\\])*`|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|(?<=[=(,:;!&|?[{]\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\//g;
  return text.replace(token, (found) => /^(?:\/[/*]|`)/.test(found) ? found.replace(/[^\n]/g, " ") : found);
}

const FROM =
  /^(?:import|export)(?: (type)(?! from))?\s+((?:[\w$]+|\*)?,?\s*(?:\{[^}]*\}|(?:\* )?as [\w$]+)?)\s*from\s*["']([^"']+)["']/gm;
const BARE = /^import\s*["']([^"']+)["']/gm;

function importsOf(file: string, code: string): Import[] {
  const found: Import[] = [];
  for (const match of code.matchAll(FROM)) {
    const names = /^\{([^]*)\}$/.exec(match[2].trim())?.[1].split(",").map((name) => name.trim()).filter(
      Boolean,
    );
    const typeOnly = match[1] === "type" ||
      (!!names?.length && names.every((name) => name.startsWith("type ")));
    found.push({ to: resolve(file, match[3]), line: lineOf(code, match.index), typeOnly });
  }
  for (const match of code.matchAll(BARE)) {
    found.push({ to: resolve(file, match[1]), line: lineOf(code, match.index), typeOnly: false });
  }
  return found;
}

/** The files that become workers: those named by `new URL("./x.ts", import.meta.url)`, and any worker.ts. */
function workerEntriesOf(file: string, code: string): string[] {
  const named = [...code.matchAll(/new URL\(\s*["'](\.[^"']+\.ts)["'],\s*import\.meta\.url/g)];
  const own = /\/worker\.ts$/.test(file) ? [file] : [];
  return [...own, ...named.map((match) => resolve(file, match[1]))];
}

/** A path from the root for a relative specifier; any other stays as it is. */
function resolve(from: string, specifier: string): string {
  if (!specifier.startsWith(".")) return specifier;
  const path = from.split("/").slice(0, -1);
  for (const part of specifier.split("/")) {
    if (part === "..") path.length > 0 ? path.pop() : path.push("outside");
    else if (part !== ".") path.push(part);
  }
  return path.join("/");
}

function rankOf(file: string): number {
  if (file in ENTRIES) return RANKS.length;
  const [root, folder, ...rest] = file.split("/");
  return root === "lib" && rest.length > 0 ? RANKS.findIndex((rank) => rank.includes(folder)) : -1;
}

function wrongDirection(from: string, to: string): string | undefined {
  if (!to.endsWith(".ts") || /^\w+:/.test(to)) return undefined;
  const [folder, target] = [from.split("/")[1], to.split("/")[1]];
  const [rank, targetRank] = [rankOf(from), rankOf(to)];
  if (targetRank < 0) return to.startsWith("lib/") ? undefined : `imports "${to}", which is not in lib/`;
  if (rank < 0 || targetRank < rank || (targetRank === rank && folder === target)) return undefined;
  const relation = targetRank === rank ? "has the same rank as" : "ranks above";
  return `imports "${to}", and ${target ?? to} ${relation} ${folder}`;
}

function cycles(imports: ReadonlyMap<string, Import[]>): Violation[] {
  const found: Violation[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    path.push(file);
    for (const { to, line, typeOnly } of imports.get(file) ?? []) {
      if (typeOnly) continue;
      const start = path.indexOf(to);
      if (start >= 0) {
        found.push({ file, line, reason: `closes a cycle: ${[...path.slice(start), to].join(" → ")}` });
      } else if (imports.has(to) && !done.has(to)) visit(to);
    }
    path.pop();
    done.add(file);
  };
  for (const file of imports.keys()) if (!done.has(file)) visit(file);
  return found;
}

function isBarrel(code: string): boolean {
  const rest = code.replace(FROM, "").replace(BARE, "").replace(/^export (?:type )?\{[^}]*\}/gm, "");
  return code.trim() !== "" && rest.replaceAll(";", "").trim() === "";
}

const DECLARED =
  /^export (?:default )?(?:declare )?(?:abstract )?(?:async )?(?:function\*?|class|const|let|var|interface|type|enum|namespace) +([\w$]+)/gm;
const LISTED = /^export (?:type )?\{([^}]*)\}/gm;

function exportsOf(code: string, side: "outside" | "inside"): { name: string; index: number }[] {
  const found = [...code.matchAll(DECLARED)].map((match) => ({ name: match[1], index: match.index }));
  for (const match of code.matchAll(LISTED)) {
    for (const item of match[1].split(",").map((name) => name.trim()).filter(Boolean)) {
      const [inside, outside = inside] = item.replace(/^type /, "").split(/ as /);
      found.push({ name: side === "inside" ? inside : outside, index: match.index });
    }
  }
  return found;
}

function missingFromMod(files: ReadonlyMap<string, string>, code: ReadonlyMap<string, string>): Violation[] {
  return Object.entries(ENTRIES).flatMap(([entry, folder]) => {
    const exported = new Set(exportsOf(code.get(entry) ?? "", "inside").map(({ name }) => name));
    return [...files].filter(([file]) => file.startsWith(folder)).flatMap(([file, text]) =>
      exportsOf(code.get(file)!, "outside")
        .filter(({ name, index }) => !exported.has(name) && !isInternal(text.slice(0, index)))
        .map(({ name, index }) => ({
          file,
          line: lineOf(text, index),
          reason: `exports "${name}", which ${entry} does not: export it there or mark it @internal`,
        }))
    );
  });
}

/** Whether a text ends with a doc comment that says `@internal`. */
function isInternal(before: string): boolean {
  return /\/\*\*(?:(?!\*\/)[^])*@internal\b(?:(?!\*\/)[^])*\*\/\s*(?:\/\/.*\s*|@[^\n]*\s*)*$/.test(before);
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split("\n").length;
}

async function* walk(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* walk(`${folder}/${name}`);
    else if (name.endsWith(".ts")) yield `${folder}/${name}`;
  }
}

if (import.meta.main) {
  const files = new Map<string, string>();
  for (const file of [...Object.keys(ENTRIES), ...await Array.fromAsync(walk("lib"))]) {
    files.set(file, await Deno.readTextFile(file));
  }
  const violations = checkStructure(files);
  for (const { file, line, reason } of violations) console.error(`${file}:${line}: ${reason}`);
  console.log(`${files.size} files, ${violations.length} against the structure`);
  Deno.exit(violations.length > 0 ? 1 : 0);
}

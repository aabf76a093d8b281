// Ray, row by row: joins the rows of parity.txt with the tests that name them, `// ray: id, id` on the line above a test,
// and writes .github/PARITY.md. With `--check`: says what differs. With `--ran a.xml b.xml`: whether, by these JUnit reports
// (one a runtime, its parts with commas between them), the tests have run. Reads text, and relies on `deno fmt`, as structure.ts does.

const ROWS = ".ci/parity.txt";
const PAGE = ".github/PARITY.md";

export interface Row {
  section: string;
  id: string;
  ray: string;
  /** What is here; begins with "—" where no test has to show it. */
  manta: string;
}
export interface Tag {
  file: string;
  line: number;
  id: string;
  /** The test's name, with "…" for each `${}` in it; for a test of types, the line. */
  test: string;
  isType: boolean;
}

/** Reads `== section` and `id | Ray | Manta`, one a line. */
export function readRows(text: string, problems: string[]): Row[] {
  const rows = new Map<string, Row>();
  let section = "";
  text.split("\n").forEach((line, index) => {
    const report = (reason: string): number => problems.push(`${ROWS}:${index + 1}: ${reason}`);
    if (line.startsWith("== ")) section = line.slice(3);
    else if (line !== "" && !line.startsWith("#")) {
      const [id, ray, manta, ...rest] = line.split(" | ").map((part) => part.trim());
      if (!ray || !manta || rest.length > 0) report("is no `id | Ray | Manta`");
      else if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id)) {
        report(`"${id}" is no id: lower case, digits and hyphens`);
      } else if (rows.has(id)) report(`there is a row "${id}" already`);
      else if (/^—\s*(?:$|(?:not )?(?:there )?yet\b|not there yet\b|to do\b)/i.test(manta)) {
        report(`row "${id}" has no reason behind its "—": say why there is none`);
      } else if (section === "") report(`row "${id}" stands before the first section`);
      else rows.set(id, { section, id, ray, manta });
    }
  });
  return [...rows.values()];
}

const TAG = /^[ \t]*\/\/ ray:(.*)\n/gm;
const TEST = /^\s*it\(\s*("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[^]|[^`\\])*`)\s*,/;
const TYPE = /^[ \t]*(?:\/\/ (@ts-expect-error .+)|(expectType<.+))/;

/** The tags of a file of tests. One that stands on no test is a problem. */
export function readTags(file: string, text: string, problems: string[]): Tag[] {
  const tags: Tag[] = [];
  const isType = file.includes("/types/");
  for (const match of text.matchAll(TAG)) {
    const line = text.slice(0, match.index).split("\n").length;
    const after = text.slice(match.index + match[0].length);
    const [, name, more] = (isType ? TYPE : TEST).exec(after) ?? [];
    const test = isType ? name ?? more : name?.slice(1, -1).replace(/\$\{[^}]*\}/g, "…");
    if (test === undefined || (!isType && !file.endsWith("_test.ts"))) {
      problems.push(`${file}:${line}: stands on no test: the next line must begin one`);
      continue;
    }
    for (const id of match[1].split(",")) {
      tags.push({ file, line, id: id.trim(), test: test.replace(/\\(.)/g, "$1"), isType });
    }
  }
  return tags;
}

/** Says which tags name no row, and which rows have neither a test nor a reason. */
export function join(rows: readonly Row[], tags: readonly Tag[]): string[] {
  const ids = new Set(rows.map(({ id }) => id));
  const tagged = new Set(tags.map(({ id }) => id));
  return [
    ...tags.filter(({ id }) => !ids.has(id))
      .map(({ file, line, id }) => `${file}:${line}: there is no row "${id}" in ${ROWS}`),
    ...rows.filter(({ id, manta }) => !tagged.has(id) && !manta.startsWith("—"))
      .map(({ id }) => `${ROWS}: row "${id}" has neither a test (\`// ray: ${id}\`) nor a reason ("— …")`),
  ];
}

/** The page: a table a section, a row a line. */
export function render(rows: readonly Row[], tags: readonly Tag[]): string {
  const lines = [
    "# Ray, row by row",
    "",
    `<!-- Written by \`deno task parity\` from ${ROWS} and the tests' tags. Do not edit. -->`,
    "",
    "Each row of the tables in Ray's reference that one machine can have, what is here, and the tests that show it, on both",
    'runtimes. A "—" says why there is none. Files are below `tests/`, those without a folder in `tests/conformance/`.',
    "A test says which rows it shows: `// ray: id` on the line above it.",
  ];
  let section = "";
  for (const row of rows) {
    if (row.section !== section) {
      section = row.section;
      lines.push("", `## ${section}`, "", "| id | Ray | Manta | shown by |", "| --- | --- | --- | --- |");
    }
    lines.push(
      `| ${row.id} | ${row.ray} | ${row.manta} | ${shownBy(tags.filter(({ id }) => id === row.id))} |`,
    );
  }
  return lines.join("\n") + "\n";
}

function shownBy(tags: readonly Tag[]): string {
  const byFile = Map.groupBy(
    tags,
    ({ file }) => file.replace(/^tests\/(?:conformance\/)?|(?:_test)?\.ts$/g, ""),
  );
  return [...byFile].map(([file, tests]) =>
    `${file}: ${tests.map(({ test }) => `"${test.replace(/[|<>*_`\\]/g, "\\$&")}"`).join(", ")}`
  ).join("; ");
}

/** Says which tests no report has as passed, and which rows one of the reports shows nothing of. */
export function checkReports(
  rows: readonly Row[],
  tags: readonly Tag[],
  reports: ReadonlyMap<string, string>,
): string[] {
  const shown = new Map([...reports].map(([name, xml]) => [name, tags.filter(hasPassed(passedIn(xml)))]));
  const ran = new Set([...shown.values()].flat());
  const problems = tags.filter((tag) => !ran.has(tag)).map(({ file, line, test }) =>
    `${file}:${line}: "${test}" has passed in none of ${[...reports.keys()].join(", ")}`
  );
  for (const [name, passed] of shown) {
    const ids = new Set(passed.map(({ id }) => id));
    for (const { id, manta } of rows) {
      if (!ids.has(id) && !manta.startsWith("—")) {
        problems.push(`${ROWS}: no test of row "${id}" has passed in ${name}`);
      }
    }
  }
  return problems;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function passedIn(xml: string): string[] {
  return [...xml.matchAll(/<testcase name="([^"]*)"[^>]*?(?:\/>|>([^]*?)<\/testcase>)/g)]
    .filter(([, , inside = ""]) => !/<(?:skipped|failure|error)\b/.test(inside))
    .map(([, name]) => name.replace(/&(\w+);/g, (entity, word) => ENTITIES[word] ?? entity));
}

/** A report names a test alone (Bun), or behind the names of what it stands in (Deno). */
function hasPassed(names: readonly string[]): (tag: Tag) => boolean {
  return ({ test, isType }) => {
    if (isType) return true;
    if (!test.includes("…")) return names.some((name) => name === test || name.endsWith(` > ${test}`));
    const parts = test.split("…").map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
    const pattern = new RegExp(`^(?:.* > )?${parts.join(".*")}$`);
    return names.some((name) => pattern.test(name));
  };
}

async function* walk(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* walk(`${folder}/${name}`);
    else if (name.endsWith(".ts")) yield `${folder}/${name}`;
  }
}

if (import.meta.main) {
  const problems: string[] = [];
  const rows = readRows(await Deno.readTextFile(ROWS), problems);
  const tags: Tag[] = [];
  for (const file of (await Array.fromAsync(walk("tests"))).sort()) {
    tags.push(...readTags(file, await Deno.readTextFile(file), problems));
  }
  problems.push(...join(rows, tags));
  const page = render(rows, tags);
  const [how, ...files] = Deno.args;
  if (how === "--ran") {
    const reports = new Map<string, string>();
    // The parts of a runtime's report have commas between them.
    for (const parts of files) {
      const texts = await Promise.all(parts.split(",").map((part) => Deno.readTextFile(part)));
      reports.set(parts, texts.join("\n"));
    }
    problems.push(...checkReports(rows, tags, reports));
  } else if (how === "--check") {
    const old = (await Deno.readTextFile(PAGE)).split("\n");
    const index = page.split("\n").findIndex((line, index) => line !== old[index]);
    if (index >= 0 || old.length !== page.split("\n").length) {
      problems.push(
        `${PAGE}:${Math.max(index, 0) + 1}: differs from what \`deno task parity\` writes; run that`,
      );
    }
  } else await Deno.writeTextFile(PAGE, page);
  for (const problem of problems) console.error(problem);
  console.log(`${rows.length} rows, ${tags.length} tags, ${problems.length} problems`);
  Deno.exit(problems.length > 0 ? 1 : 0);
}

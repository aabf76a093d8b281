import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { checkReports, join, readRows, readTags, render, type Tag } from "./parity.ts";

const ROWS = [
  "# A comment.",
  "== 1.1 Calls",
  "call | `h.m.remote()` | the same",
  "init | async `__init__` | — there are no async constructors",
  "== 1.2 Options",
  "name | `name` | the same",
].join("\n");
const rows = readRows(ROWS, []);

function tagsOf(text: string, file = "tests/conformance/a_test.ts"): { tags: Tag[]; problems: string[] } {
  const problems: string[] = [];
  return { tags: readTags(file, text, problems), problems };
}

describe("readRows()", () => {
  it("reads one row a line", () => {
    assertEquals(rows.map(({ section, id }) => `${section}: ${id}`), [
      "1.1 Calls: call",
      "1.1 Calls: init",
      "1.2 Options: name",
    ]);
  });

  it("refuses a dash without a reason", () => {
    const problems: string[] = [];
    readRows("== S\na | b | —\nc | d | — not there yet\ne | f | — one machine has one node", problems);
    assertEquals(problems, [
      '.ci/parity.txt:2: row "a" has no reason behind its "—": say why there is none',
      '.ci/parity.txt:3: row "c" has no reason behind its "—": say why there is none',
    ]);
  });

  it("refuses lines that are no rows, ids twice, and rows before a section", () => {
    const problems: string[] = [];
    readRows("a | b | c\n== S\na | b\nA b | c | d\na | b | c | d\nx | y | z\nx | y | z", problems);
    assertEquals(problems, [
      '.ci/parity.txt:1: row "a" stands before the first section',
      ".ci/parity.txt:3: is no `id | Ray | Manta`",
      '.ci/parity.txt:4: "A b" is no id: lower case, digits and hyphens',
      ".ci/parity.txt:5: is no `id | Ray | Manta`",
      '.ci/parity.txt:7: there is a row "x" already',
    ]);
  });
});

describe("readTags()", () => {
  it("reads tags above tests, whatever the quotes, and above tests of types", () => {
    const { tags, problems } = tagsOf(
      'it("untagged", () => {});\n  // ray: call, name\n  it("an \\"actor\\"", async () => {\n' +
        "  // ray: call\n  it(\n    `by ${way}, once`,\n    () => {},\n  );\n",
    );
    assertEquals(problems, []);
    assertEquals(tags.map(({ id, test, line }) => `${line} ${id} ${test}`), [
      '2 call an "actor"',
      '2 name an "actor"',
      "4 call by …, once",
    ]);
    const types =
      "// ray: call\n// @ts-expect-error An argument is missing.\nf();\n// ray: name\nexpectType<A>().of(a);\n";
    assertEquals(tagsOf(types, "tests/types/a.ts").tags.map(({ test }) => test), [
      "@ts-expect-error An argument is missing.",
      "expectType<A>().of(a);",
    ]);
  });

  it("refuses a tag that stands on no test, on one that is skipped, or in no file of tests", () => {
    for (
      const after of [
        "",
        "const a = 1;\n",
        '// A comment.\nit("a", f);\n',
        'it.skip("a", f);\n',
        "it(name, f);\n",
      ]
    ) {
      assertEquals(tagsOf(`\n// ray: call\n${after}`).problems, [
        "tests/conformance/a_test.ts:2: stands on no test: the next line must begin one",
      ]);
    }
    assertEquals(tagsOf('// ray: call\nit("a", f);\n', "tests/programs/a.ts").problems.length, 1);
  });
});

describe("join()", () => {
  it("wants a test or a reason for each row, and a row for each tag", () => {
    const { tags } = tagsOf('// ray: call, cal\nit("calls", f);\n');
    assertEquals(join(rows, tags), [
      'tests/conformance/a_test.ts:1: there is no row "cal" in .ci/parity.txt',
      '.ci/parity.txt: row "name" has neither a test (`// ray: name`) nor a reason ("— …")',
    ]);
  });
});

describe("render()", () => {
  it("writes a table a section, and a row's tests by file", () => {
    const page = render(rows, [
      ...tagsOf('// ray: call\nit("calls a|b", f);\n// ray: call\nit("calls c", f);\n').tags,
      ...tagsOf('// ray: call\nit("d", f);\n', "tests/faults_test.ts").tags,
    ]);
    assertStringIncludes(
      page,
      "## 1.1 Calls\n\n| id | Ray | Manta | shown by |\n| --- | --- | --- | --- |\n" +
        '| call | `h.m.remote()` | the same | a: "calls a\\|b", "calls c"; faults: "d" |\n' +
        "| init | async `__init__` | — there are no async constructors |  |\n\n## 1.2 Options\n",
    );
  });
});

describe("checkReports()", () => {
  const { tags } = tagsOf(
    '// ray: call\nit("a > b, `c`", f);\n// ray: name\nit(`ends by ${way} <now>`, f);\n',
  );
  const deno = '<testcase name="suite &gt; a &gt; b, `c`" classname="x">\n</testcase>' +
    '<testcase name="suite &gt; ends by exit &lt;now&gt;" classname="x">\n</testcase>';
  const bun =
    '<testcase name="a &gt; b, `c`" classname="suite" />\n<testcase name="ends by exit &lt;now&gt;" />';

  it("finds each test in the reports of both runtimes", () => {
    assertEquals(checkReports(rows, tags, new Map([["deno", deno], ["bun", bun]])), []);
  });

  it("says which tests have not passed, and which rows one runtime does not show", () => {
    const skipped = bun.replace('suite" />', 'suite"><skipped /></testcase>');
    assertEquals(checkReports(rows, tags, new Map([["deno", deno], ["bun", skipped]])), [
      '.ci/parity.txt: no test of row "call" has passed in bun',
    ]);
    const failed = deno.replace('classname="x">', 'classname="x"><failure message="no" />');
    assertEquals(checkReports(rows, tags, new Map([["deno", failed], ["bun", skipped]])), [
      'tests/conformance/a_test.ts:1: "a > b, `c`" has passed in none of deno, bun',
      '.ci/parity.txt: no test of row "call" has passed in deno',
      '.ci/parity.txt: no test of row "call" has passed in bun',
    ]);
  });
});

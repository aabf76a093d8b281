// `deno task ok`: everything that CI checks, in order, to the end. With names of steps: only those, output shown live.
import { findBun } from "./bun.ts";

type Command = [program: string, ...args: string[]];
interface Step {
  name: string;
  /** One after the other; what stands in an array of its own, at once. */
  commands: () => (Command | Command[])[] | Promise<(Command | Command[])[]>;
  /** Reads `[passed, failed]` from the output, for a step that runs tests. */
  count?: (output: string) => [number, number];
}

const MINUTES_PER_COMMAND = 45;
/** The tests that need a Ray cluster. */
const CLUSTER = "tests/cluster";
const deno = Deno.execPath();
/** Which tests have run, by runtime: for the step `parity:ran`. */
const reports = await Deno.makeTempDir({ prefix: "manta-ok-" });
const reportOf = (runtime: "deno" | "bun", part: "here" | "cluster"): string =>
  `${reports}/${runtime}-${part}.xml`;
const reportsOf = (runtime: "deno" | "bun"): string =>
  `${reportOf(runtime, "here")},${reportOf(runtime, "cluster")}`;

const STEPS: Step[] = [
  { name: "fmt", commands: () => [[deno, "fmt", "--check"]] },
  {
    name: "lint",
    commands: () => [
      [deno, "lint"],
      [
        deno,
        "lint",
        "--rules-include=explicit-module-boundary-types",
        "mod.ts",
        "util.ts",
        "testing.ts",
        "ray.ts",
        "lib",
      ],
    ],
  },
  { name: "types", commands: () => [[deno, "check", ".", ".ci"]] },
  {
    name: "structure",
    commands: () => [
      [deno, "run", "--allow-read=.", ".ci/structure.ts"],
      [deno, "test", "--allow-read=.", ".ci"],
    ],
    count: countDeno,
  },
  { name: "parity", commands: () => [[deno, "run", "--allow-read=.", ".ci/parity.ts", "--check"]] },
  {
    name: "test:deno",
    // Those with a cluster wait most of the time.
    commands: () => [[
      [deno, "test", "-A", `--junit-path=${reportOf("deno", "here")}`, `--ignore=${CLUSTER}`, "tests"],
      [deno, "test", "-A", `--junit-path=${reportOf("deno", "cluster")}`, CLUSTER],
    ]],
    count: countDeno,
  },
  { name: "test:bun", commands: testBun, count: countBun },
  {
    name: "parity:ran",
    commands: () => [
      [
        deno,
        "run",
        `--allow-read=.,${reports}`,
        ".ci/parity.ts",
        "--ran",
        reportsOf("deno"),
        reportsOf("bun"),
      ],
    ],
  },
  {
    name: "test:doc",
    commands: () => [[deno, "test", "-A", "--doc", "mod.ts", "util.ts", "testing.ts", "ray.ts", "lib"]],
    count: countDeno,
  },
  { name: "doc", commands: () => [[deno, "doc", "--lint", "mod.ts", "util.ts", "testing.ts", "ray.ts"]] },
  { name: "publish", commands: () => [[deno, "publish", "--dry-run", "--allow-dirty"]] },
];

async function testBun(): Promise<(Command | Command[])[]> {
  const bun = await findBun();
  const here: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir("tests")) {
    const path = `tests/${name}`;
    if (path !== CLUSTER && (isDirectory || name.endsWith("_test.ts"))) here.push(`./${path}`);
  }
  const test = (part: "here" | "cluster", ...paths: string[]): Command => {
    return [bun, "test", "--reporter=junit", `--reporter-outfile=${reportOf("bun", part)}`, ...paths];
  };
  return [
    [bun, "install", "--frozen-lockfile"],
    [test("here", ...here.sort()), test("cluster", `./${CLUSTER}`)],
  ];
}

function countDeno(output: string): [number, number] {
  return sum(output, /^(?:ok|FAILED) \| (\d+) passed.*? \| (\d+) failed/gm);
}

function countBun(output: string): [number, number] {
  return [sum(output, /^ *(\d+) pass$/gm)[0], sum(output, /^ *(\d+) fail$/gm)[0]];
}

function sum(output: string, pattern: RegExp): [number, number] {
  let [first, second] = [0, 0];
  for (const match of output.matchAll(pattern)) {
    first += Number(match[1]);
    second += Number(match[2] ?? 0);
  }
  return [first, second];
}

/** Runs a command; its output goes to `chunks` in the order in which it comes, and to the screen if `live`. */
async function execute([program, ...args]: Command, chunks: Uint8Array[], live: boolean): Promise<boolean> {
  const child = new Deno.Command(program, {
    args,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, MINUTES_PER_COMMAND * 60_000);
  const collect = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    for await (const chunk of stream) {
      chunks.push(chunk);
      if (live) Deno.stdout.writeSync(chunk);
    }
  };
  const [{ success }] = await Promise.all([child.status, collect(child.stdout), collect(child.stderr)]);
  clearTimeout(timer);
  if (late) chunks.push(new TextEncoder().encode(`Ended after ${MINUTES_PER_COMMAND} minutes\n`));
  return success;
}

/** Runs one command, or several at once: what each has said then comes in one piece. */
async function executeAll(
  commands: Command | Command[],
  chunks: Uint8Array[],
  live: boolean,
): Promise<boolean> {
  if (isCommand(commands)) return await execute(commands, chunks, live);
  const said = commands.map((): Uint8Array[] => []);
  const succeeded = await Promise.all(commands.map((command, i) => execute(command, said[i], live)));
  chunks.push(...said.flat());
  return succeeded.every((success) => success);
}

function isCommand(commands: Command | Command[]): commands is Command {
  return typeof commands[0] === "string";
}

/** Runs a step and returns its `[passed, failed]`: a failure that names no test counts as one. */
async function run(step: Step, live: boolean): Promise<[number, number]> {
  const started = performance.now();
  const chunks: Uint8Array[] = [];
  let success = true;
  try {
    for (const commands of await step.commands()) {
      success = await executeAll(commands, chunks, live) && success;
    }
  } catch (error) {
    success = false;
    chunks.push(new TextEncoder().encode(`${error}\n`));
  }
  const output = await new Blob(chunks as Uint8Array<ArrayBuffer>[]).text();
  let [passed, failed] = step.count?.(output) ?? [0, 0];
  if (step.count && passed + failed === 0) success = false;
  if (!success && failed === 0) failed = 1;
  if (!success && !live) console.log(output);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const counted = step.count ? `, ${passed} passed, ${failed} failed` : "";
  console.log(`${failed > 0 ? "✗" : "✓"} ${step.name} (${seconds} s${counted})`);
  return [passed, failed];
}

const names = Deno.args;
const unknown = names.filter((name) => !STEPS.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(
    `Cannot run "${unknown.join('", "')}": the steps are ${STEPS.map((step) => step.name).join(", ")}`,
  );
  await Deno.remove(reports, { recursive: true });
  Deno.exit(2);
}
const total: [number, number] = [0, 0];
for (const step of STEPS) {
  if (names.length > 0 && !names.includes(step.name)) continue;
  const [passed, failed] = await run(step, names.length > 0);
  total[0] += passed;
  total[1] += failed;
}
await Deno.remove(reports, { recursive: true });
console.log(`${total[0]} passed, ${total[1]} failed`);
Deno.exit(total[1] > 0 ? 1 : 0);

// `deno task demo`: the two seed programs, under Deno and under Bun, doing all of its own set-up.
import { findBun } from "./bun.ts";

const EXAMPLES = [
  "examples/async_actor_yields.ts",
  "examples/sync_actor_blocks.ts",
  "examples/threaded_actor_answers.ts",
];

const bun = await findBun().catch((error: Error) =>
  console.warn(`${error.message}; the demo runs under Deno only`)
);
if (bun) await run("quiet", bun, ["install", "--frozen-lockfile"]);
for (const example of EXAMPLES) {
  await run("Deno", Deno.execPath(), ["run", "--allow-read", example, "--fast"]);
  if (bun) await run("Bun", bun, ["run", example, "--fast"]);
}

async function run(title: string, command: string, args: string[]): Promise<void> {
  const quiet = title === "quiet";
  if (!quiet) console.log(`\n── ${title}: ${args.join(" ")}`);
  const output = quiet ? "null" : "inherit";
  const { code } = await new Deno.Command(command, { args, stdin: "null", stdout: output }).spawn().status;
  if (code !== 0) {
    console.error(`Cannot go on: ${args.join(" ")} ended with code ${code}`);
    Deno.exit(1);
  }
}

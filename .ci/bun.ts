/** The Bun that the tasks run when there is none on PATH. */
const BUN = "bun@1.4.5";

/** The path of Bun's executable: the one on PATH, else one that npx fetches. */
export async function findBun(): Promise<string> {
  const script = ["-e", "console.log(process.execPath)"];
  const path = await print("bun", script) ?? await print("npx", ["-y", BUN, ...script]);
  if (!path) throw new Error(`Cannot find Bun: neither bun nor npx is on PATH, or npx cannot fetch ${BUN}`);
  return path;
}

async function print(command: string, args: string[]): Promise<string | undefined> {
  try {
    const { success, stdout } = await new Deno.Command(command, { args, stdin: "null", stderr: "null" })
      .output();
    return success ? new TextDecoder().decode(stdout).trim() || undefined : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

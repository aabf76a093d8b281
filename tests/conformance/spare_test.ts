/**
 * The thread that is ready before its actor is made. A program sees nothing of it but the time, and that a module is loaded once
 * more than it has actors.
 *
 * @module
 */

import { kill, listActors, SerializationError, shutdown } from "@manta/ray";
import { assertEquals, assertThrows } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { Counter } from "./actors.ts";
import { keep, within } from "./fence.ts";
import { Loaded, LOADS } from "./spare_actors.ts";

describe("the spare thread", () => {
  const folder = mkdtempSync(join(tmpdir(), "manta-spare-"));
  const file = join(folder, "loads");
  beforeEach(() => {
    writeFileSync(file, "");
    process.env[LOADS] = file;
  });
  afterEach(async () => {
    await shutdown();
    delete process.env[LOADS];
    rmSync(file);
  });

  const loads = (): string[] => readFileSync(file, "utf8").split("\n").slice(0, -1);
  const loadsOf = async (count: number): Promise<string[]> => {
    const reached = async (): Promise<void> => {
      while (loads().length < count) await new Promise((resolve) => setTimeout(resolve, 1));
    };
    await within(30_000, `${count} loads`, reached());
    return loads();
  };
  const make = async (): Promise<string> => await keep(Loaded.remote()).load.remote();

  it("has loaded the module of the last two actors, and the next one lives there", async () => {
    const own = [await make(), await make()];
    const three = await loadsOf(3);
    assertEquals(three.slice(0, 2), own);
    assertEquals((await listActors()).length, 2);
    assertEquals(await make(), three[2]);
    const four = await loadsOf(4);
    assertEquals(await make(), four[3]);
  });

  it("is none while every actor is of another module than the one before", async () => {
    const own: string[] = [];
    for (let i = 0; i < 3; i++) {
      own.push(await make());
      await keep(Counter.remote()).add.remote(1);
    }
    // Whatever it began would have begun before this actor, whose module is the first to come twice.
    own.push(await make(), await make());
    assertEquals((await loadsOf(6)).slice(0, 5), own);
  });

  it("waits for the next actor if one cannot be made of its arguments", async () => {
    await make();
    await make();
    const [, , spare] = await loadsOf(3);
    assertThrows(() => Loaded.remote(() => {}), SerializationError, "args[0]");
    assertEquals(await make(), spare);
  });

  it("ends with the program, and its actor like any other", async () => {
    await make();
    await make();
    await loadsOf(3);
    const third = Loaded.remote();
    await third.load.remote();
    await within(30_000, "kill", kill(third));
    await loadsOf(4);
    await within(30_000, "shutdown", shutdown());
  });
});

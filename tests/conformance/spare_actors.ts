/**
 * A module that writes down each time it is loaded, in the file that the environment names.
 *
 * @module
 */

import { Actor, remote } from "@manta/ray";
import { appendFileSync } from "node:fs";
import process from "node:process";

/** The variable that names the file. */
export const LOADS = "MANTA_TEST_SPARE_LOADS";

const load: string = crypto.randomUUID();
const file = process.env[LOADS];
if (file !== undefined) appendFileSync(file, `${load}\n`);

@remote
export class Loaded extends Actor {
  constructor(readonly argument: unknown = undefined) {
    super();
  }
  /** Which load of the module it belongs to. */
  load(): string {
    return load;
  }
}

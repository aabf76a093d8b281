/**
 * Damaged input for each reader of frames; `programs/fuzz.ts` makes a million for each.
 *
 * @module
 */

import { assert } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { fuzz, readers } from "./programs/fuzz.ts";

const INPUTS = 5_000;

describe("damaged input", () => {
  for (const name of Object.keys(readers)) {
    it(`ends in a value or a CorruptFrameError: ${name}`, { timeout: 120_000 }, () => {
      const { read, refused } = fuzz(name, INPUTS, 1);
      // Neither all nor none: else it would show nothing.
      assert(read > 0 && refused > 0, `${read} read, ${refused} refused`);
    });
  }
});

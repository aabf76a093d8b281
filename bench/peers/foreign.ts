/**
 * Rows in other languages: Ray itself, and Erlang.
 *
 * @module
 */

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Foreign } from "../workload.ts";

/** Where `bench:peers` installs Ray. */
export const RAY_FOLDER: string = fileURLToPath(new URL("../node_modules/.ray", import.meta.url));

/** A case of `ray_cases.py`. */
export function ray(name: string): Foreign {
  return {
    command(scale) {
      const python = `${RAY_FOLDER}/bin/python`;
      if (!existsSync(python)) {
        throw new Error("Cannot run Ray: it is not installed; bench:peers does so where there is python3");
      }
      return [python, fileURLToPath(new URL("./ray_cases.py", import.meta.url)), name, String(scale)];
    },
  };
}

/** A case of `erlang.escript`. */
export function erlang(name: string): Foreign {
  return {
    command: (scale) => [
      "escript",
      fileURLToPath(new URL("./erlang.escript", import.meta.url)),
      name,
      String(scale),
    ],
  };
}

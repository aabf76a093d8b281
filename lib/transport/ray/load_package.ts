/**
 * The npm packages that a cluster needs. They are loaded when they are first used, under names that no tool finds in the text: so a
 * program that uses no cluster neither installs nor loads them.
 *
 * @module
 */

import { deno } from "../../base/platform.ts";
import { ClusterConnectionError } from "../../base/cluster_errors.ts";

/** The packages, and their versions. */
const versions = { "@grpc/grpc-js": "1.14.7", "fflate": "0.8.3", "ignore": "7.0.16" };

/**
 * Loads a package.
 *
 * @throws {ClusterConnectionError} If it is not there.
 */
export async function loadPackage<T>(name: keyof typeof versions): Promise<T> {
  const wanted = `${name}@${versions[name]}`;
  const specifier = deno === undefined ? name : `npm:${wanted}`;
  try {
    return await import(specifier) as T;
  } catch (cause) {
    const remedy = deno === undefined
      ? `add it with "bun add ${wanted}"`
      : `it is fetched from npm at the first use, which needs the network once, or "deno cache ${specifier}" before`;
    throw new ClusterConnectionError(`Cannot load "${specifier}", which a Ray cluster needs: ${remedy}`, {
      cause,
    });
  }
}

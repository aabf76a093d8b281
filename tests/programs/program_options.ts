/**
 * What programs are told on their command line, and the numbers they draw.
 *
 * @module
 */

import process from "node:process";

/** The number after `--name=` or `--name`; `usual` unless it is there. */
export function option(name: string, usual: number): number {
  const { argv } = process;
  const at = argv.findIndex((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`));
  if (at < 0) return usual;
  const given = argv[at].split("=")[1] ?? argv[at + 1];
  const value = Number(given);
  if (given === undefined || given === "" || Number.isNaN(value)) {
    throw new TypeError(`Cannot use ${JSON.stringify(given)} as "--${name}": expected a number`);
  }
  return value;
}

/** A source of whole numbers from 0 to below a limit: the same ones for the same seed. */
export function seededNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

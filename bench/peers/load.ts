/**
 * Loads what only `bench:peers` installs. The name is no literal, so that types are checked, and all else runs, without it.
 *
 * @module
 */

/** Imports a package, as what the row needs of it. */
export function load<T>(name: string): Promise<T> {
  return import(name);
}

/**
 * A folder as Ray's nodes fetch it: a zip file in the cluster's store, under a name made of its contents, so that the same files are
 * sent once.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import type { ClusterStore } from "./client.ts";
import { loadPackage } from "./load_package.ts";

/** More than that Ray's store does not take. */
export const MAX_PACKAGE_BYTES: number = 500 << 20;
/** So many seconds a package is kept that no job refers to yet. */
const PIN_SECONDS = 600;
/** So many of the largest files are named when there is too much. */
const NAMED = 3;

/** What is used of `fflate`. */
interface Fflate {
  zipSync(files: Record<string, Uint8Array>, options: { level: number; mtime: Date }): Uint8Array;
}

/** What is used of `ignore`: the rules of one file. */
interface Ignore {
  add(text: string): Ignore;
  test(path: string): { ignored: boolean; unignored: boolean };
}

/** What a folder's `.gitignore` says, for the paths below that folder. */
interface Rules {
  /** The folder's path from the root, with a slash behind it; `""` for the root. */
  readonly prefix: string;
  readonly rules: Ignore;
}

/** A file that travels. */
export interface PackedFile {
  /** Its path from the root. */
  readonly path: string;
  /** Its size in bytes. */
  readonly size: number;
  /** What it is to be there, in place of what stands here. */
  readonly content?: Uint8Array<ArrayBuffer>;
}

/**
 * The files of a folder that travel, sorted by path: all but `.git` and what `.gitignore` files name.
 *
 * @param root The folder's path.
 * @returns The files.
 */
export async function filesOf(root: string): Promise<PackedFile[]> {
  const { default: ignore } = await loadPackage<{ default: () => Ignore }>("ignore");
  const files: PackedFile[] = [];
  const visit = (prefix: string, above: readonly Rules[]): void => {
    const entries = readdirSync(`${root}/${prefix}`, { withFileTypes: true });
    const own = entries.some((entry) => entry.name === ".gitignore" && entry.isFile());
    const all = own
      ? [...above, { prefix, rules: ignore().add(readFileSync(`${root}/${prefix}.gitignore`, "utf8")) }]
      : above;
    for (const entry of entries) {
      if (entry.name === ".git") continue;
      const path = prefix + entry.name;
      if (isIgnored(entry.isDirectory() ? `${path}/` : path, all)) continue;
      if (entry.isDirectory()) visit(`${path}/`, all);
      else {
        // What a link names travels in its place; a link to a folder, or to nothing, does not.
        const stat = statSync(`${root}/${path}`, { throwIfNoEntry: false });
        if (stat?.isFile()) files.push({ path, size: stat.size });
      }
    }
  };
  visit("", []);
  return files.sort((a, b) => a.path < b.path ? -1 : 1);
}

/** The deepest `.gitignore` that says anything of a path decides. */
function isIgnored(path: string, all: readonly Rules[]): boolean {
  for (const { prefix, rules } of all.toReversed()) {
    const { ignored, unignored } = rules.test(path.slice(prefix.length));
    if (ignored || unignored) return ignored;
  }
  return false;
}

/** Files in one package. */
export interface Package {
  /** The name under which nodes find it. */
  readonly uri: string;
  /** What its name is made of: the same for the same files. */
  readonly hash: string;
  /** Its bytes. */
  readonly bytes: Uint8Array;
}

/**
 * Packs a folder.
 *
 * @param root The folder's path.
 * @returns The package.
 * @throws {RangeError} If there is more than Ray's store takes.
 */
export async function packFolder(root: string): Promise<Package> {
  return await packFiles(root, await filesOf(root));
}

/**
 * Packs files of a folder.
 *
 * @param root The folder's path.
 * @param files The files, sorted.
 * @param marker The name of an empty file besides, if there is to be one.
 * @returns The package.
 * @throws {RangeError} If there is more than Ray's store takes.
 */
export async function packFiles(
  root: string,
  files: readonly PackedFile[],
  marker?: (hash: string) => string,
): Promise<Package> {
  const { zipSync } = await loadPackage<Fflate>("fflate");
  refuseTooLarge(root, files);
  const sum = createHash("sha256");
  const contents: Record<string, Uint8Array> = {};
  for (const { path, content } of files) {
    const bytes = content ?? readFileSync(`${root}/${path}`);
    sum.update(`${path.length} ${path} ${bytes.length} `).update(bytes);
    contents[path] = bytes;
  }
  const hash = sum.digest("hex").slice(0, 32);
  if (marker !== undefined) contents[marker(hash)] = new Uint8Array();
  // One time for all: the same files are the same package.
  const bytes = zipSync(contents, { level: 1, mtime: new Date(1980, 0, 1) });
  return { uri: `gcs://_ray_pkg_${hash}.zip`, hash, bytes };
}

function refuseTooLarge(root: string, files: readonly PackedFile[]): void {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  if (total <= MAX_PACKAGE_BYTES) return;
  const largest = files.toSorted((a, b) => b.size - a.size).slice(0, NAMED);
  const named = largest.map(({ path, size }) => `${path} (${megabytes(size)})`).join(", ");
  throw new RangeError(
    `Cannot send the folder ${root} to the cluster: its files are ${megabytes(total)} together, at most ` +
      `${
        megabytes(MAX_PACKAGE_BYTES)
      } are allowed, name what is not needed there in .gitignore; the largest are ${named}`,
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / (1 << 20)).toFixed(1)} MB`;
}

/** Sends a folder to the cluster, unless it is there; returns the name under which nodes find it. */
export async function sendFolder(root: string, store: ClusterStore): Promise<string> {
  const sent = await packFolder(root);
  await sendPackage(sent, store);
  await store.pin(sent.uri, PIN_SECONDS);
  return sent.uri;
}

/** Sends a package to the cluster, unless it is there. */
export async function sendPackage({ uri, bytes }: Package, store: ClusterStore): Promise<void> {
  const key = new TextEncoder().encode(uri);
  if (!await store.has(key)) await store.set(key, bytes);
}

/**
 * A runtime environment whose `working_dir` and `py_modules` the nodes find: folders of this machine are sent.
 *
 * @param runtimeEnv Ray's `runtime_env`.
 * @param store The cluster's store.
 * @returns The same, with addresses in the place of paths.
 * @throws {RangeError} If a path names no folder.
 */
export async function withFoldersSent(
  runtimeEnv: Readonly<Record<string, unknown>>,
  store: ClusterStore,
): Promise<Record<string, unknown>> {
  const sent = async (path: unknown): Promise<unknown> => {
    if (typeof path !== "string" || /^[a-z0-9+.-]+:\/\//i.test(path)) return path;
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
      return await sendFolder(path, store);
    }
    throw new RangeError(
      `Cannot send "${path}" to the cluster: there is no such folder here, "working_dir" and "py_modules" of a runtime ` +
        `environment are folders of this machine, or addresses of packages, as "s3://…"`,
    );
  };
  const { working_dir, py_modules } = runtimeEnv;
  return {
    ...runtimeEnv,
    ...(working_dir !== undefined && { working_dir: await sent(working_dir) }),
    ...(Array.isArray(py_modules) && { py_modules: await Promise.all(py_modules.map(sent)) }),
  };
}

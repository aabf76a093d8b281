/**
 * The stream that whoever started a process has put at descriptors of it.
 *
 * @module
 */

import { deno, fileSystem, network } from "../base/platform.ts";
import type { NodeStream } from "../base/platform_streams.ts";
import type { ByteStream } from "../transport/byte_stream.ts";

/** The descriptor of what a program prints. */
export const STDOUT = 1;

/** Where a process reads, and where it writes: the same descriptor for a socket. */
export interface Descriptors {
  /** Where it reads. */
  readonly input: number;
  /** Where it writes. */
  readonly output: number;
}

/** Reads what a process is to connect to. Throws `TypeError` for what says no descriptors. */
export function readConnection(connection: string): Descriptors {
  if (connection === "stdio") return { input: 0, output: STDOUT };
  const [, input, output = input] = /^fd:(\d+)(?:,(\d+))?$/.exec(connection) ?? [];
  if (input !== undefined) return { input: Number(input), output: Number(output) };
  throw new TypeError(
    `Cannot start: ${
      JSON.stringify(connection)
    } is nothing to connect to, give "fd:" and the number of a socket, "fd:" and ` +
      `those of two pipes with a comma between, or "stdio"`,
  );
}

/** Opens the stream; `ended` is called, maybe more than once, when it has ended or failed. */
export function openDescriptors(
  { input, output }: Descriptors,
  received: (bytes: Uint8Array) => void,
  ended: () => void,
): ByteStream {
  const source = deno === undefined
    ? fileOf(input, "createReadStream")
    : socketOf(input, true, input === output);
  const target = deno === undefined
    ? fileOf(output, "createWriteStream")
    : input === output
    ? source
    : socketOf(output, false, true);
  source.on("data", (bytes) => received(bytes as Uint8Array));
  for (const event of ["end", "close", "error"]) source.on(event, ended);
  target.on("error", ended);
  return { write: (bytes, done) => void target.write(bytes, done) };
}

function socketOf(fd: number, readable: boolean, writable: boolean): NodeStream {
  return new (network().Socket)({ fd, readable, writable });
}

/** Bun's sockets take no descriptor. */
function fileOf(fd: number, open: "createReadStream" | "createWriteStream"): NodeStream {
  return fileSystem()[open]("", { fd, autoClose: false });
}

/**
 * The parts of Node's modules for processes and streams that both runtimes have, and Manta touches.
 *
 * @module
 */

/** A stream as Node has it. */
export interface NodeStream {
  /** Sends bytes; `done` is called when they have left. */
  write(bytes: Uint8Array, done: () => void): unknown;
  /** Listens to `"data"`, `"end"`, `"close"` and `"error"`. */
  on(event: string, listener: (value: unknown) => void): unknown;
}

/** A child process as Node has it. */
export interface NodeChild {
  /** Its streams, by descriptor; `undefined` on Deno if it could not be started. */
  readonly stdio?: readonly (NodeStream | null)[];
  /** Its number in the system; `undefined` if it could not be started. */
  readonly pid?: number;
  /** Sends a signal. */
  kill(signal: string): boolean;
  /** Listens to `"error"` and `"exit"`. */
  on(event: string, listener: (value: unknown, more: unknown) => void): unknown;
}

/** `node:child_process`. */
export interface ChildProcesses {
  /** Starts a process. */
  spawn(command: string, args: readonly string[], options: { stdio: readonly string[] }): NodeChild;
}

/** `node:fs`. */
export interface FileSystem {
  /** True if there is a file of that name. */
  existsSync(path: string): boolean;
  /** A stream of what comes from a descriptor. */
  createReadStream(path: string, options: { fd: number; autoClose: boolean }): NodeStream;
  /** A stream of what goes to a descriptor. */
  createWriteStream(path: string, options: { fd: number; autoClose: boolean }): NodeStream;
}

/** `node:net`. */
export interface Network {
  /** A socket. */
  readonly Socket: new (options: { fd: number; readable: boolean; writable: boolean }) => NodeStream;
}

/** `process.stdout`, which a program prints to. */
export interface NodeOutput {
  /** Prints. */
  write(text: string): boolean;
}

/** `Deno.stdout`. */
export interface DenoOutput {
  /** Prints. */
  write(bytes: Uint8Array): Promise<number>;
  /** Prints at once. */
  writeSync(bytes: Uint8Array): number;
}

/** `node:console`. */
export interface Consoles {
  /** The constructor of consoles. */
  readonly Console: new (output: NodeOutput) => object;
}

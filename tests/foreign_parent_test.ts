/** The program that hosts an actor, started by one that is no bridge: what lib/runtime/process_main.ts says of its protocol. */

import { shutdown } from "@manta/ray";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { afterAll, describe, it } from "@std/testing/bdd";
import { type ChildProcess, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import process from "node:process";
import type { ClassShape } from "../lib/define/class_definition.ts";
import { definitions } from "../lib/runtime/current.ts";
import { Frame } from "../lib/wire/frames.ts";
import { readPrimitive, writePrimitive } from "../lib/wire/primitives.ts";
import { Reader } from "../lib/wire/reader.ts";
import { Writer } from "../lib/wire/writer.ts";
import { within } from "./conformance/fence.ts";
import { Apart } from "./conformance/process_actors.ts";

const LIMIT = 20_000;
const entry = fileURLToPath(new URL("../lib/runtime/process.ts", import.meta.url));
const isDeno = !("Bun" in globalThis);
const module = new URL("./conformance/process_actors.ts", import.meta.url).href;
const shape = definitions.findClass(module, Apart.name)!.shape as ClassShape;

/** Quotes a word for a shell. */
const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** A parent that knows frames, and nothing else of Manta. */
class Parent {
  readonly child: ChildProcess;
  printed = "";
  readonly #output: Readable;
  readonly #input: Writable;
  #bytes = new Uint8Array();
  #onBytes = (): void => {};

  /** Starts the program, with `stdio` as it is, or with the pipes moved to other descriptors by a shell. */
  constructor(connection: string, moves = "") {
    const args = [...isDeno ? ["run", "-A", "--quiet"] : ["run"], entry, connection, "far."];
    const line = `exec ${[process.execPath, ...args].map(quote).join(" ")} ${moves}`;
    this.child = spawn("/bin/sh", ["-c", line], { stdio: ["pipe", "pipe", "pipe"] });
    this.#input = this.child.stdin!;
    this.#output = this.child.stdout!;
    this.#input.on("error", () => {});
    this.child.stderr!.on("data", (bytes) => this.printed += String(bytes));
    this.#output.on("data", (bytes: Uint8Array) => {
      this.#bytes = new Uint8Array([...this.#bytes, ...bytes]);
      this.#onBytes();
    });
  }

  /** Sends one frame; the bytes one by one if `isCut`. */
  async send(kind: number, aux: number, write: (body: Writer) => void, isCut = false): Promise<void> {
    const body = new Writer();
    write(body);
    const length = body.pos;
    body.align4();
    const bytes = new Uint8Array(8 + body.pos);
    new DataView(bytes.buffer).setUint32(0, length, true);
    new DataView(bytes.buffer).setUint32(4, kind | aux << 16, true);
    bytes.set(body.bytes.subarray(0, body.pos), 8);
    const parts = isCut ? [...bytes].map((byte) => new Uint8Array([byte])) : [bytes];
    for (const part of parts) await new Promise<void>((resolve) => this.#input.write(part, () => resolve()));
  }

  /** Makes the actor. */
  create(isCut = false): Promise<void> {
    return this.send(Frame.createBeyond, 0, (body) => {
      body.u32(1);
      for (const text of ["actor-far", module, JSON.stringify(shape)]) body.string(text);
      body.u32(1);
      body.u8(1);
      body.f64(Infinity);
      body.u8(0);
      body.string("far");
      body.u32(0);
      body.u8(0);
      body.varint(0);
    }, isCut);
  }

  /** Calls a method with primitive arguments; the answer's slot is `slot`. */
  call(name: string, slot: number, args: unknown[], isCut = false): Promise<void> {
    const method = shape.methods.findIndex((method) => method.name === name);
    return this.send(Frame.call, method, (body) => {
      body.u32(1);
      body.u32(slot);
      body.u8(0);
      body.varint(args.length);
      for (const arg of args) assert(writePrimitive(body, arg));
    }, isCut);
  }

  /** Half a frame, and the end of what this side says. */
  cutAndEnd(): void {
    this.#input.end(new Uint8Array([100, 0, 0, 0, Frame.call, 0]));
  }

  /** Reads no more. */
  deafen(): void {
    this.#output.destroy();
  }

  /** The next frame of a kind; others are skipped. */
  async next(kind: number): Promise<Reader> {
    for (;;) {
      const bytes = this.#bytes;
      const view = new DataView(bytes.buffer);
      const length = bytes.length < 8 ? Infinity : view.getUint32(0, true);
      const end = 8 + ((length + 3) & ~3);
      if (bytes.length < 8 || bytes.length < end) {
        const more = new Promise<void>((resolve) => this.#onBytes = resolve);
        await within(LIMIT, `a frame of kind ${kind}: ${this.printed}`, more);
        continue;
      }
      this.#bytes = bytes.slice(end);
      if (view.getUint8(4) !== kind) continue;
      const reader = new Reader();
      reader.reset(bytes, 8, 8 + length);
      return reader;
    }
  }

  /** The answer to a call, of which nothing else is unanswered. */
  async result(slot: number): Promise<unknown> {
    const reader = await this.next(Frame.result);
    assertEquals(reader.u32(), slot);
    return readPrimitive(reader);
  }

  /** The code with which the process ends. */
  exit(): Promise<number | null> {
    const { child } = this;
    if (child.exitCode !== null) return Promise.resolve(child.exitCode);
    return within(LIMIT, "exit", new Promise((resolve) => child.on("exit", (code) => resolve(code))));
  }
}

describe("the host of an actor in a process, started by another program", () => {
  afterAll(shutdown);

  it("speaks frames over stdin and stdout, and what the actor prints goes to stderr", async () => {
    const parent = new Parent("stdio");
    await parent.create(true);
    await parent.call("echo", 0, ["early"], true);
    await parent.call("print", 1, []);
    await parent.call("pid", 2, []);
    assertEquals(await parent.result(0), "early");
    assertEquals(await parent.result(1), undefined);
    assertEquals(await parent.result(2), parent.child.pid);
    parent.cutAndEnd();
    assertEquals(await parent.exit(), 0);
    assertStringIncludes(parent.printed, "printed to stdout\n");
    assertStringIncludes(parent.printed, "printed to stderr\n");
  });

  it("speaks frames over two pipes, and ends when nobody reads", async () => {
    const parent = new Parent("fd:7,8", "7<&0 8>&1 0</dev/null 1>&2");
    await parent.create();
    await parent.call("print", 0, []);
    assertEquals(await parent.result(0), undefined);
    parent.deafen();
    await parent.call("pid", 1, []);
    assertEquals(await parent.exit(), 0);
    assertStringIncludes(parent.printed, "printed to stdout\n");
  });

  it("says that the actor has ended, and waits to be ended", async () => {
    const parent = new Parent("stdio");
    await parent.create();
    await parent.call("exit", 0, [3]);
    const ended = await parent.next(Frame.processEnded);
    ended.u8();
    assertEquals(ended.string(), "with code 3");
    assertEquals(ended.u8(), 0);
    await parent.send(Frame.loadWanted, 0, (body) => body.u32(1));
    await parent.next(Frame.loads);
    parent.cutAndEnd();
    assertEquals(await parent.exit(), 0);
  });

  it("says what is wrong with its arguments", async () => {
    const parent = new Parent("tcp:1");
    assert(await parent.exit() !== 0);
    assertStringIncludes(parent.printed, `"tcp:1" is nothing to connect to, give "fd:"`);
  });
});

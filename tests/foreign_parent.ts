/** Programs that know frames, and nothing else of Manta: what lib/runtime/process_main.ts says of its protocol. */

import { assert, assertEquals } from "@std/assert";
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

/** Bytes as they come, and who waits for more. */
export class Inbox {
  #bytes = new Uint8Array();
  #onBytes = (): void => {};
  readonly #printed: () => string;

  /** @param printed What the process has printed so far, for messages. */
  constructor(printed: () => string) {
    this.#printed = printed;
  }

  /** Bytes have come. */
  push(bytes: Uint8Array): void {
    this.#bytes = new Uint8Array([...this.#bytes, ...bytes]);
    this.#onBytes();
  }

  /** The next bytes: as many as `wanted` says of what is there, once that is enough. */
  async take(wanted: (bytes: Uint8Array) => number, what: string): Promise<Uint8Array> {
    for (;;) {
      const bytes = this.#bytes;
      const end = wanted(bytes);
      if (bytes.length >= end) {
        this.#bytes = bytes.slice(end);
        return bytes.slice(0, end);
      }
      const more = new Promise<void>((resolve) => this.#onBytes = resolve);
      await within(LIMIT, `${what}: ${this.#printed()}`, more);
    }
  }
}

/** One program's stream of frames. */
export class Frames {
  readonly #write: (bytes: Uint8Array) => Promise<void>;
  readonly #inbox: Inbox;

  /**
   * @param write Sends bytes.
   * @param inbox What comes.
   */
  constructor(write: (bytes: Uint8Array) => Promise<void>, inbox: Inbox) {
    this.#write = write;
    this.#inbox = inbox;
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
    for (const part of parts) await this.#write(part);
  }

  /** Makes the actor. */
  create(isCut = false): Promise<void> {
    return this.send(Frame.createBeyond, 0, (body) => {
      body.u32(1);
      for (const text of ["actor-far", module, JSON.stringify(shape)]) body.string(text);
      body.u32(1);
      body.u8(1);
      body.u32(0);
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

  /** The next frame of a kind; others are skipped. */
  async next(kind: number): Promise<Reader> {
    const whole = (bytes: Uint8Array): number =>
      bytes.length < 8 ? 8 : 8 + ((new DataView(bytes.buffer).getUint32(0, true) + 3) & ~3);
    for (;;) {
      const bytes = await this.#inbox.take(whole, `a frame of kind ${kind}`);
      if (bytes[4] !== kind) continue;
      const reader = new Reader();
      reader.reset(bytes, 8, 8 + new DataView(bytes.buffer).getUint32(0, true));
      return reader;
    }
  }

  /** The answer to a call, of which nothing else is unanswered. */
  async result(slot: number): Promise<unknown> {
    const reader = await this.next(Frame.result);
    assertEquals(reader.u32(), slot);
    return readPrimitive(reader);
  }
}

/** A program that starts the process. */
export class Parent {
  readonly child: ChildProcess;
  /** What has come. */
  readonly inbox: Inbox = new Inbox(() => this.printed);
  /** The stream, if it carries frames only. */
  readonly frames: Frames = new Frames((bytes) => this.write(bytes), this.inbox);
  printed = "";
  readonly #output: Readable;
  readonly #input: Writable;

  /** Starts the process, with `stdio` as it is, or with the pipes moved to other descriptors by a shell. */
  constructor(connection: string, moves = "") {
    const args = [...isDeno ? ["run", "-A", "--quiet"] : ["run"], entry, connection, "far."];
    const line = `exec ${[process.execPath, ...args].map(quote).join(" ")} ${moves}`;
    this.child = spawn("/bin/sh", ["-c", line], { stdio: ["pipe", "pipe", "pipe"] });
    this.#input = this.child.stdin!;
    this.#output = this.child.stdout!;
    this.#input.on("error", () => {});
    this.child.stderr!.on("data", (bytes) => this.printed += String(bytes));
    this.#output.on("data", (bytes: Uint8Array) => this.inbox.push(bytes));
  }

  /** Sends bytes. */
  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => this.#input.write(bytes, () => resolve()));
  }

  /** Says no more, after these bytes. */
  endAfter(bytes: Uint8Array): void {
    this.#input.end(bytes);
  }

  /** Reads no more. */
  deafen(): void {
    this.#output.destroy();
  }

  /** The code with which the process ends. */
  exit(): Promise<number | null> {
    const { child } = this;
    if (child.exitCode !== null) return Promise.resolve(child.exitCode);
    return within(LIMIT, "exit", new Promise((resolve) => child.on("exit", (code) => resolve(code))));
  }
}

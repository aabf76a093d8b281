/** The program that hosts an actor, started by one that is no bridge: what lib/runtime/process_main.ts says of its protocol. */

import { shutdown } from "@manta/ray";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { afterAll, describe, it } from "@std/testing/bdd";
import { Frame } from "../lib/wire/frames.ts";
import { readPickle } from "../lib/transport/ray/pickle_reader.ts";
import { writePickle } from "../lib/transport/ray/pickle_writer.ts";
import { Frames, Inbox, Parent } from "./foreign_parent.ts";

/** Half a frame, and the end of what this side says. */
function cutAndEnd(parent: Parent): void {
  parent.endAfter(new Uint8Array([100, 0, 0, 0, Frame.call, 0]));
}

/** The kinds of piece: see lib/runtime/sessions.ts. */
const Piece = { bytes: 0, left: 1, call: 2, answer: 4, failure: 5, over: 7, hold: 13, go: 14 } as const;

/** A host through which several speak to the process. */
class Host {
  readonly parent: Parent = new Parent("many:fd:7,8", "7<&0 8>&1 0</dev/null 1>&2");
  readonly #inboxes = new Map<number, Inbox>();
  /** How much has come for a program. */
  readonly sizes = new Map<number, number>();
  /** What is for no program: kind, number, content. */
  readonly #rest: [kind: number, number: number, content: unknown][] = [];

  /** Sends a piece. */
  piece(kind: number, number: number, content: Uint8Array = new Uint8Array()): Promise<void> {
    const bytes = new Uint8Array(12 + content.length);
    [kind, number, content.length].forEach((word, i) =>
      new DataView(bytes.buffer).setUint32(4 * i, word, true)
    );
    bytes.set(content, 12);
    return this.parent.write(bytes);
  }

  /** A program's stream. */
  program(number: number): Frames {
    const inbox = new Inbox(() => this.parent.printed);
    this.#inboxes.set(number, inbox);
    return new Frames((bytes) => this.piece(Piece.bytes, number, bytes), inbox);
  }

  /** Reads until the end of the pipe. */
  async read(): Promise<void> {
    const whole = (bytes: Uint8Array): number =>
      bytes.length < 12 ? 12 : 12 + new DataView(bytes.buffer).getUint32(8, true);
    for (;;) {
      const bytes = await this.parent.inbox.take(whole, "a piece");
      const view = new DataView(bytes.buffer);
      const [kind, number, content] = [view.getUint32(0, true), view.getUint32(4, true), bytes.slice(12)];
      if (kind === Piece.bytes) {
        this.sizes.set(number, (this.sizes.get(number) ?? 0) + content.length);
        this.#inboxes.get(number)!.push(content);
      } else this.#rest.push([kind, number, content.length === 0 ? undefined : readPickle(content)]);
      this.#onRest();
    }
  }
  #onRest = (): void => {};

  /** The next piece that is for no program. */
  async next(): Promise<[kind: number, number: number, content: unknown]> {
    while (this.#rest.length === 0) await new Promise<void>((resolve) => this.#onRest = resolve);
    return this.#rest.shift()!;
  }
}

describe("the host of an actor in a process, started by another program", () => {
  afterAll(shutdown);

  it("speaks frames over stdin and stdout, and what the actor prints goes to stderr", async () => {
    const parent = new Parent("stdio");
    await parent.frames.create(true);
    await parent.frames.call("echo", 0, ["early"], true);
    await parent.frames.call("print", 1, []);
    await parent.frames.call("pid", 2, []);
    assertEquals(await parent.frames.result(0), "early");
    assertEquals(await parent.frames.result(1), undefined);
    assertEquals(await parent.frames.result(2), parent.child.pid);
    cutAndEnd(parent);
    assertEquals(await parent.exit(), 0);
    assertStringIncludes(parent.printed, "printed to stdout\n");
    assertStringIncludes(parent.printed, "printed to stderr\n");
  });

  it("speaks frames over two pipes, and ends when nobody reads", async () => {
    const parent = new Parent("fd:7,8", "7<&0 8>&1 0</dev/null 1>&2");
    await parent.frames.create();
    await parent.frames.call("print", 0, []);
    assertEquals(await parent.frames.result(0), undefined);
    parent.deafen();
    await parent.frames.call("pid", 1, []);
    assertEquals(await parent.exit(), 0);
    assertStringIncludes(parent.printed, "printed to stdout\n");
  });

  it("says that the actor has ended, and waits to be ended", async () => {
    const parent = new Parent("stdio");
    await parent.frames.create();
    await parent.frames.call("exit", 0, [3]);
    const ended = await parent.frames.next(Frame.processEnded);
    ended.u8();
    assertEquals(ended.string(), "with code 3");
    assertEquals(ended.u8(), 0);
    await parent.frames.send(Frame.loadWanted, 0, (body) => body.u32(1));
    await parent.frames.next(Frame.loads);
    cutAndEnd(parent);
    assertEquals(await parent.exit(), 0);
  });

  it("serves several programs, one of which makes the actor, and each leaves when it likes", async () => {
    const host = new Host();
    void host.read().catch(() => {});
    const [maker, other] = [host.program(1), host.program(2)];
    // It has come too early, and waits for the actor; it may want the same one.
    await other.create();
    await other.call("echo", 0, ["other"]);
    await maker.create(true);
    await maker.call("echo", 5, ["maker"]);
    assertEquals([await maker.result(5), await other.result(0)], ["maker", "other"]);
    await host.piece(Piece.left, 1);
    await other.call("pid", 1, []);
    assertEquals(await other.result(1), host.parent.child.pid);
    const third = host.program(3);
    await third.call("exit", 0, [3]);
    for (const frames of [other, third]) {
      const ended = await frames.next(Frame.processEnded);
      ended.u8();
      assertEquals(ended.string(), "with code 3");
    }
    assertEquals(await host.next(), [Piece.over, 0, undefined]);
    host.parent.endAfter(new Uint8Array([0, 0]));
    assertEquals(await host.parent.exit(), 0);
  });

  it("waits with what is for a program that does not read, and goes on with others", async () => {
    const host = new Host();
    void host.read().catch(() => {});
    const [maker, other] = [host.program(1), host.program(2)];
    await maker.create();
    await host.piece(Piece.hold, 1);
    const length = 3_000_000;
    await maker.call("echo", 0, ["x".repeat(length)]);
    await other.call("echo", 0, ["other"]);
    assertEquals(await other.result(0), "other");
    assert(host.sizes.get(1)! < 2_500_000, `${host.sizes.get(1)} bytes`);
    await host.piece(Piece.go, 1);
    assert((await maker.next(Frame.result)).remaining > length);
    host.parent.endAfter(new Uint8Array());
    assertEquals(await host.parent.exit(), 0);
  });

  it("serves callers that know no frames: values and errors", async () => {
    const host = new Host();
    void host.read().catch(() => {});
    const call = (number: number, name: string, ...args: unknown[]): Promise<void> =>
      host.piece(Piece.call, number, writePickle([name, args]));
    await call(1, "echo", "early");
    await host.program(1).create();
    assertEquals(await host.next(), [Piece.answer, 1, "early"]);
    await call(2, "echo", [1, { a: null }]);
    assertEquals(await host.next(), [Piece.answer, 2, [1, { a: null }]]);
    await call(3, "fail");
    const [kind, number, parts] = await host.next();
    assertEquals([kind, number], [Piece.failure, 3]);
    const [name, message, stack] = parts as string[];
    assertEquals([name, message], ["RangeError", "out of range"]);
    assertStringIncludes(stack, "process_actors.ts");
    await call(4, "nothing");
    assertEquals((await host.next())[0], Piece.failure);
    host.parent.endAfter(new Uint8Array());
    assertEquals(await host.parent.exit(), 0);
  });

  it("says that nothing comes any more, if its maker leaves without an actor", async () => {
    const host = new Host();
    void host.read().catch(() => {});
    await host.piece(Piece.left, 1);
    assertEquals(await host.next(), [Piece.over, 0, undefined]);
    host.parent.endAfter(new Uint8Array());
    assertEquals(await host.parent.exit(), 0);
  });

  it("says what is wrong with its arguments", async () => {
    const parent = new Parent("tcp:1");
    assert(await parent.exit() !== 0);
    assertStringIncludes(parent.printed, `"tcp:1" is nothing to connect to, give "fd:"`);
  });
});

import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { SerializationError } from "../../lib/base/errors.ts";
import { Board } from "../../lib/transport/board.ts";
import { type FrameSink, Link } from "../../lib/transport/link.ts";
import { type LinkEnd, makeLink } from "../../lib/transport/link_end.ts";
import { RING_BYTES, RING_WORDS } from "../../lib/transport/ring.ts";
import { CorruptFrameError } from "../../lib/wire/corrupt_frame_error.ts";
import { Frame, HAS_ASIDE } from "../../lib/wire/frames.ts";

interface Seen {
  kind: number;
  aux: number;
  text: string;
  items: readonly unknown[];
}

class Collector implements FrameSink {
  readonly seen: Seen[] = [];
  frame(_: Link, kind: number, aux: number, reader: { string(): string }, items: readonly unknown[]): void {
    this.seen.push({ kind, aux, text: reader.string(), items });
  }
  dirty(): void {}
}

function makeEnds(): {
  sender: Link;
  receiver: Link;
  sink: Collector;
  ends: [LinkEnd, LinkEnd];
  close: () => void;
} {
  const board = new Board();
  const ends = makeLink(board, board.claim(undefined), board.claim(undefined));
  const sink = new Collector();
  const sender = new Link(board, ends[0], new Collector());
  const receiver = new Link(board, ends[1], sink);
  return {
    sender,
    receiver,
    sink,
    ends,
    close() {
      sender.close();
      receiver.close();
    },
  };
}

function write(
  link: Link,
  text: string,
  aux = 0,
  items: unknown[] = [],
  transfer: Transferable[] = [],
): void {
  link.open(Frame.call, aux).string(text);
  link.seal(items, transfer);
}

describe("Link", () => {
  it("drain() delivers frames in order, with what goes beside them", () => {
    const { sender, receiver, sink, close } = makeEnds();
    const buffer = new ArrayBuffer(8);
    write(sender, "one", 1);
    write(sender, "two", 2, [buffer, 7], [buffer]);
    write(sender, "", 65_535);
    sender.flush();
    receiver.drain();
    assertEquals(sink.seen.map(({ aux, text }) => [aux, text]), [[1, "one"], [2, "two"], [65_535, ""]]);
    assertEquals((sink.seen[1].items[0] as ArrayBuffer).byteLength, 8);
    assertEquals(sink.seen[1].items[1], 7);
    assertEquals(buffer.byteLength, 0);
    close();
  });

  it("flush() leaves what a full ring has no space for, and nothing is lost or doubled", () => {
    const { sender, receiver, sink, close } = makeEnds();
    const texts = Array.from({ length: 2_000 }, (_, index) => `${index} ${"x".repeat((index * 7) % 999)}`);
    texts.push("y".repeat(3_000_000));
    for (const text of texts) write(sender, text);
    while (!sender.flush()) receiver.drain();
    receiver.drain();
    assertEquals(sink.seen.map(({ text }) => text), texts);
    close();
  });

  it("flush() keeps its memory small when the reader is always a little behind", () => {
    const { sender, receiver, sink, close } = makeEnds();
    const text = "z".repeat(50_000);
    for (let i = 0; i < 400; i++) {
      write(sender, text);
      // Each drain makes space for what one more flush sends; the ring is never empty.
      if (i > 3) receiver.drain();
    }
    assert(
      sender.out.bytes.length < 2 ** 20,
      `${sender.out.bytes.length} bytes for a backlog of a few frames`,
    );
    while (!sender.flush()) receiver.drain();
    receiver.drain();
    assertEquals(sink.seen.length, 400);
    close();
  });

  it("abort() forgets the frame begun, and only that", () => {
    const { sender, receiver, sink, close } = makeEnds();
    write(sender, "first");
    sender.open(Frame.call).string("never");
    sender.abort();
    write(sender, "second");
    sender.flush();
    receiver.drain();
    assertEquals(sink.seen.map(({ text }) => text), ["first", "second"]);
    close();
  });

  it("seal() throws and forgets the frame when something beside it cannot be moved", () => {
    const { sender, receiver, sink, close } = makeEnds();
    assertThrows(() => write(sender, "bad", 0, [() => {}]));
    write(sender, "good");
    sender.flush();
    receiver.drain();
    assertEquals(sink.seen.map(({ text }) => text), ["good"]);
    close();
  });

  const corrupt: [string, (words: Int32Array) => number][] = [
    ["a kind that does not exist", (words) => (words[1] = 250, 2)],
    ["no kind", (words) => (words[1] = 0, 2)],
    ["an impossible length", (words) => (words[0] = -1, words[1] = Frame.call, 2)],
    ["a body that ends too early", (words) => (words[0] = 4, words[1] = Frame.call, words[2] = -1, 3)],
    [
      "a message beside it that was never sent",
      (words) => (words[0] = 0, words[1] = Frame.call | (HAS_ASIDE << 8), 2),
    ],
  ];
  for (const [what, make] of corrupt) {
    it(`drain() refuses ${what}`, () => {
      const { receiver, sink, ends, close } = makeEnds();
      const ring = new Int32Array(ends[0].memory, 0, RING_BYTES / 4);
      const head = ring.length - RING_WORDS;
      // A chunk: how many words, then these.
      Atomics.store(ring, head, make(ring.subarray(head + 1)));
      assertThrows(() => receiver.drain(), CorruptFrameError);
      assertEquals(sink.seen, []);
      close();
    });
  }

  for (const size of [-1, RING_WORDS - 1]) {
    it(`drain() refuses a chunk of ${size} words`, () => {
      const { receiver, ends, close } = makeEnds();
      Atomics.store(new Int32Array(ends[0].memory), RING_BYTES / 4 - RING_WORDS, size);
      assertThrows(() => receiver.drain(), CorruptFrameError);
      close();
    });
  }

  it("open() refuses to begin a frame inside another, which stays whole", () => {
    const { sender, receiver, sink, close } = makeEnds();
    const out = sender.open(Frame.call);
    assertThrows(() => sender.open(Frame.call), SerializationError, "while a value is being serialized");
    out.string("outer");
    sender.seal();
    sender.flush();
    receiver.drain();
    assertEquals(sink.seen.map(({ text }) => text), ["outer"]);
    close();
  });
});

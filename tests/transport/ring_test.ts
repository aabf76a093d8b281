import { assert, assertEquals, assertFalse } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { RING_BYTES, RING_WORDS, RingReader, RingWriter } from "../../lib/transport/ring.ts";

function makeRing(): { writer: RingWriter; reader: RingReader } {
  const memory = new SharedArrayBuffer(RING_BYTES);
  return { writer: new RingWriter(memory, 0), reader: new RingReader(memory, 0) };
}

function numbers(from: number, count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, index) => from + index);
}

describe("RingWriter", () => {
  it("write() gives the reader the same words, also over the end of the memory", () => {
    const { writer, reader } = makeRing();
    const target = new Int32Array(RING_WORDS);
    let next = 0;
    // Sizes that do not divide the ring, so that each lap wraps at another place.
    for (const count of [1, 23, 24, 25, 1_000, 32_000, 32_767, 5, 32_768, 7]) {
      assertEquals(writer.write(numbers(next, count), 0, count), count);
      assertEquals(reader.available(), count);
      reader.read(target, 0, count);
      assertEquals(target.subarray(0, count), numbers(next, count));
      next += count;
    }
  });

  it("write() writes what fits when the ring is nearly full", () => {
    const { writer, reader } = makeRing();
    const words = numbers(0, RING_WORDS + 10);
    assertEquals(writer.write(words, 0, words.length), RING_WORDS);
    assertEquals(writer.write(words, RING_WORDS, words.length), 0);
    reader.read(new Int32Array(4), 0, 4);
    assertEquals(writer.write(words, RING_WORDS, words.length), 4);
  });

  it("askForSpace() is refused when there is space, and remembered once when there is none", () => {
    const { writer, reader } = makeRing();
    assertFalse(writer.askForSpace());
    assertFalse(reader.writerWaits());
    writer.write(new Int32Array(RING_WORDS), 0, RING_WORDS);
    assert(writer.askForSpace());
    assert(reader.writerWaits());
    assertFalse(reader.writerWaits());
  });

  it("write() and read() go on when the counters overflow 32 bits", () => {
    const { writer, reader } = makeRing();
    const target = new Int32Array(RING_WORDS);
    const block = numbers(7, RING_WORDS);
    // 2^32 words and a little more: both counters pass the largest and the smallest 32-bit number.
    const laps = 2 ** 32 / RING_WORDS + 3;
    for (let lap = 0; lap < laps; lap++) {
      block[0] = lap;
      assert(writer.write(block, 0, RING_WORDS) === RING_WORDS);
      assert(reader.available() === RING_WORDS);
      reader.read(target, 0, RING_WORDS);
      assert(target[0] === lap && target[RING_WORDS - 1] === block[RING_WORDS - 1]);
    }
  });
});

import { assert, assertEquals, assertFalse } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { MAX_CHUNK, RING_BYTES, RING_WORDS, RingReader, RingWriter } from "../../lib/transport/ring.ts";

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
    for (const count of [1, 23, 24, 25, 1_000, 32_000, 32_765, 5, MAX_CHUNK, 7]) {
      assertFalse(reader.hasSome());
      assertEquals(reader.available(), 0);
      // What the reader has read and not said yet is not free: a long one may take two chunks.
      for (let done = 0; done < count;) {
        const written = writer.write(numbers(next, count), done, count);
        assert(reader.hasSome());
        assertEquals(reader.available(), written);
        reader.read(target, done, written);
        done += written;
      }
      assertEquals(target.subarray(0, count), numbers(next, count));
      next += count;
    }
  });

  it("write() keeps chunks apart, and zeros among the words are words", () => {
    const { writer, reader } = makeRing();
    const target = new Int32Array(8);
    for (const count of [3, 1, 5]) writer.write(new Int32Array(count), 0, count);
    for (const count of [3, 1, 5]) {
      assertEquals(reader.available(), count);
      reader.read(target, 0, count);
    }
    assertEquals(reader.available(), 0);
  });

  it("write() writes what fits when the ring is nearly full", () => {
    const { writer, reader } = makeRing();
    const words = numbers(0, RING_WORDS + 10);
    const target = new Int32Array(RING_WORDS);
    assertEquals(writer.write(words, 0, words.length), MAX_CHUNK);
    assertEquals(writer.write(words, MAX_CHUNK, words.length), 0);
    reader.read(target, 0, MAX_CHUNK);
    assertEquals(writer.write(words, MAX_CHUNK, words.length), words.length - MAX_CHUNK);
    assertEquals(reader.available(), words.length - MAX_CHUNK);
    reader.read(target, 0, words.length - MAX_CHUNK);
    assertEquals(target[0], MAX_CHUNK);
  });

  it("askForSpace() is refused when there is space, and answered by the read that has made enough", () => {
    const { writer, reader } = makeRing();
    const target = new Int32Array(RING_WORDS);
    assertFalse(writer.askForSpace());
    const quarter = RING_WORDS / 4 - 1;
    for (let i = 0; i < 3; i++) writer.write(new Int32Array(quarter), 0, quarter);
    const rest = writer.write(new Int32Array(RING_WORDS), 0, RING_WORDS);
    assertEquals(rest, quarter - 1);
    assert(writer.askForSpace());
    assert(reader.read(target, 0, quarter));
    assertFalse(reader.read(target, 0, quarter));
    assert(writer.write(new Int32Array(4), 0, 4) === 4);
  });

  it("a writer that waits is answered whatever the sizes of the chunks were", () => {
    for (const size of [1, 2, 3, 100, 8_190, 8_191, 8_192, 20_000, MAX_CHUNK]) {
      const { writer, reader } = makeRing();
      const target = new Int32Array(RING_WORDS);
      const words = new Int32Array(size);
      let isAnswered = false;
      while (writer.write(words, 0, size) > 0);
      assert(writer.askForSpace());
      for (let count = reader.available(); count > 0; count = reader.available()) {
        isAnswered = reader.read(target, 0, count) || isAnswered;
      }
      assert(isAnswered, `chunks of ${size}`);
      assert(writer.write(words, 0, size) > 0, `chunks of ${size}`);
    }
  });

  it("write() and read() go on when the counters overflow 32 bits", () => {
    const { writer, reader } = makeRing();
    const target = new Int32Array(RING_WORDS);
    const block = numbers(7, MAX_CHUNK);
    // 2^32 words and a little more: both counters pass the largest and the smallest 32-bit number.
    const laps = Math.ceil(2 ** 32 / MAX_CHUNK) + 3;
    for (let lap = 0; lap < laps; lap++) {
      block[0] = lap;
      assert(writer.write(block, 0, MAX_CHUNK) === MAX_CHUNK);
      assert(reader.available() === MAX_CHUNK);
      reader.read(target, 0, MAX_CHUNK);
      assert(target[0] === lap && target[MAX_CHUNK - 1] === block[MAX_CHUNK - 1]);
    }
  });
});

import { describe, it } from "@std/testing/bdd";
import { assert } from "@std/assert";
import { CorruptFrameError } from "../../lib/wire/corrupt_frame_error.ts";
import { mutate } from "./mutate.ts";
import { randomValue, seeded } from "./random_value.ts";
import { Codec } from "./round_trip.ts";

/** How many damaged frames are read. */
const MUTATIONS = 200_000;
/** Frames larger than this are mutated elsewhere: here they would only cost time. */
const LARGEST = 2000;
/** No damaged frame may take longer than this, in milliseconds; a busy machine takes a part of it. */
const SLOWEST = 2000;

const codec = new Codec(undefined, {
  decode(kind) {
    throw new CorruptFrameError(`there is no kind ${kind}`);
  },
});

describe("Decoder", () => {
  it("ends every damaged frame in a value or a CorruptFrameError", { timeout: 300_000 }, () => {
    const random = seeded(2024);
    let read = 0;
    let values = 0;
    let slowest = 0;
    for (let seed = 0; read < MUTATIONS; seed++) {
      const frame = codec.encode([randomValue(seeded(seed))]);
      if (frame.length > LARGEST) continue;
      const { items } = codec.encoder;
      for (let i = 0; i < 50; i++, read++) {
        const damaged = mutate(frame, random);
        const start = performance.now();
        try {
          codec.decode(damaged, 1, items);
          values++;
        } catch (error) {
          if (!(error instanceof CorruptFrameError)) {
            throw new Error(`seed ${seed}, mutation ${i}: [${damaged}]`, { cause: error });
          }
        }
        slowest = Math.max(slowest, performance.now() - start);
      }
    }
    assert(values > 0 && values < read);
    assert(slowest < SLOWEST, `a frame took ${slowest} ms`);
    assert(({} as Record<string, unknown>).a === undefined, "a prototype was changed");
  });

  it("ends any bytes at all", { timeout: 120_000 }, () => {
    const random = seeded(7);
    for (let i = 0; i < MUTATIONS / 10; i++) {
      const bytes = Uint8Array.from({ length: 1 + Math.floor(random() * 60) }, () => random() * 256);
      // From the upper half, where all but small integers are.
      bytes[0] |= 0x80;
      try {
        codec.decode(bytes, 1, []);
      } catch (error) {
        if (!(error instanceof CorruptFrameError)) throw new Error(`[${bytes}]`, { cause: error });
      }
    }
  });
});

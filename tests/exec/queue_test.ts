import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Queue } from "../../lib/exec/queue.ts";

describe("Queue", () => {
  it("shift() gives items in the order of push(), however they alternate", () => {
    const queue = new Queue<number>();
    let pushed = 0;
    let taken = 0;
    for (let round = 0; round < 5_000; round++) {
      for (let i = 0; i < round % 7; i++) queue.push(pushed++);
      for (let i = 0; i < round % 5; i++) {
        const item = queue.shift();
        if (item !== undefined) assertEquals(item, taken++);
      }
      assertEquals(queue.length, pushed - taken);
    }
    assertEquals(queue.clear(), Array.from({ length: pushed - taken }, (_, index) => taken + index));
    assertEquals(queue.shift(), undefined);
    assertEquals(queue.length, 0);
  });
});

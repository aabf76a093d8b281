import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { readShape, ShapeDirectory, writeShape } from "../../lib/registry/shape_directory.ts";

const thread = { id: 2, slot: 2 };

/** A directory, and the numbers of the actors that live and have a name. */
function make(...named: number[]): { directory: ShapeDirectory; named: Set<number> } {
  const living = new Set(named);
  return { directory: new ShapeDirectory((_, local) => living.has(local)), named: living };
}

describe("ShapeDirectory", () => {
  it("want() answers at once with what is known, and of actors that have no name", () => {
    const { directory } = make(1);
    const answers: unknown[] = [];
    directory.add(thread, 1, "shape");
    directory.want(thread, 1, (shape) => answers.push(shape));
    directory.want(thread, 2, (shape) => answers.push(shape));
    assertEquals(answers, ["shape", undefined]);
  });

  it("want() waits for add(), for the actor's end, or for close(), and answers once", () => {
    const { directory, named } = make(1, 2, 3);
    const answers: unknown[] = [];
    for (const local of [1, 1, 2, 3]) {
      directory.want(thread, local, (shape) => answers.push(`${local}: ${shape}`));
    }
    directory.deaths();
    directory.add({ id: 3, slot: 2 }, 1, "another thread's");
    assertEquals(answers, []);
    directory.add(thread, 1, "a");
    assertEquals(answers.splice(0), ["1: a", "1: a"]);
    named.delete(2);
    directory.deaths();
    assertEquals(answers.splice(0), ["2: undefined"]);
    directory.close();
    directory.close();
    directory.deaths();
    assertEquals(answers, ["3: undefined"]);
  });

  it("forgets the classes of actors that have ended, and keeps the others'", () => {
    const { directory, named } = make(0);
    for (let local = 0; local < 1_000; local++) {
      named.add(local);
      directory.add(thread, local, `${local}`);
      if (local > 0) named.delete(local);
    }
    named.add(500);
    const answers: unknown[] = [];
    directory.want(thread, 0, (shape) => answers.push(shape));
    directory.want(thread, 500, (shape) => answers.push(shape));
    assertEquals(answers, ["0"]);
  });

  it("readShape() reads what writeShape() wrote, and refuses what nobody wrote", () => {
    const shape = {
      name: "X",
      key: "file:///x.ts#X",
      methods: [{ name: "m", group: "", isGenerator: false }],
      groups: ["io"],
    };
    assertEquals(readShape(writeShape(shape)), { shape });
    assertEquals(readShape(writeShape(shape, { maxRetries: -1 })), { shape, retries: { maxRetries: -1 } });
    for (const text of ["", "{", "null", "1", "{}", JSON.stringify({ ...shape, methods: 1 })]) {
      assertThrows(() => readShape(text), Error, "Cannot read frame");
    }
  });
});

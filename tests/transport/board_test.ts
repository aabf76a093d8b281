import { assert, assertEquals, assertFalse, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Board } from "../../lib/transport/board.ts";
import { DEATH_BIT } from "../../lib/transport/board_layout.ts";

describe("Board", () => {
  it("claim() gives each thread a number and a slot of its own, seen by other views", () => {
    const board = new Board();
    const other = new Board(board.memory);
    const first = board.claim(undefined);
    const second = other.claim(first);
    assertNotEquals(first.id, second.id);
    assertNotEquals(first.slot, second.slot);
    assert(board.isAlive(second));
    assert(other.isAlive(first));
  });

  it("claim() uses the slots of threads that are gone, and of no others", () => {
    const board = new Board();
    const root = board.claim(undefined);
    const slots = new Set<number>([root.slot]);
    for (let i = 0; i < 10_000; i++) {
      const thread = board.claim(root);
      assertFalse(i > 0 && thread.slot === root.slot);
      slots.add(thread.slot);
      board.markDead(thread, { ending: "killed", text: "" });
      board.markGone(thread);
    }
    assert(board.isAlive(root));
    assert(slots.size <= 4096);
  });

  it("ring() sets bits that takeBits() takes once", () => {
    const board = new Board();
    const thread = board.claim(undefined);
    board.ring(thread, 1);
    board.ring(thread, 4);
    assertEquals(board.takeBits(thread), 5);
    assertEquals(board.takeBits(thread), 0);
  });

  it("park() refuses when the bell has rung, and ring() ends the sleep of a parked thread", async () => {
    const board = new Board();
    const thread = board.claim(undefined);
    board.ring(thread, 1);
    assertFalse(board.park(thread));
    board.takeBits(thread);
    assert(board.park(thread));
    // A thread that waits for its bell keeps no program alive by that alone.
    const hold = setInterval(() => {}, 1_000);
    const bell = board.sleepAsync(thread);
    board.ring(thread, 2);
    await bell;
    clearInterval(hold);
    assertEquals(board.takeBits(thread), 2);
  });

  it("markDead() keeps the first note, takes the threads below along, and rings for all others", () => {
    const board = new Board();
    const root = board.claim(undefined);
    const child = board.claim(root);
    const grandchild = board.claim(child);
    const great = board.claim(grandchild);
    const sibling = board.claim(root);
    board.markDead(child, { ending: "crashed", text: "Error: böse" });
    board.markDead(child, { ending: "killed", text: "later" });
    assertEquals(board.deathNote(child), { ending: "crashed", text: "Error: böse" });
    for (const thread of [child, grandchild, great]) assertFalse(board.isAlive(thread));
    assertEquals(board.deathNote(great).ending, "owner ended");
    for (const thread of [root, sibling]) {
      assert(board.isAlive(thread));
      assertEquals(board.takeBits(thread) & DEATH_BIT, DEATH_BIT);
    }
    assertFalse(board.isGone(child));
    board.markGone(child);
    assert(board.isGone(child));
  });

  it("detach() puts a thread below the driver: it outlives its parent, and not the driver", () => {
    const board = new Board();
    const driver = board.claim(undefined);
    const parent = board.claim(driver);
    const [detached, other] = [board.claim(parent), board.claim(parent)];
    const below = board.claim(detached);
    board.detach(detached);
    board.markDead(parent, { ending: "killed", text: "" });
    assertEquals([detached, below, other].map((thread) => board.isAlive(thread)), [true, true, false]);
    // Too late: it has died with its parent.
    board.detach(other);
    assertFalse(board.isAlive(other));
    board.markDead(driver, { ending: "shut down", text: "" });
    assertEquals([detached, below].map((thread) => board.isAlive(thread)), [false, false]);
  });

  it("markDead() cuts a note that is longer than its slot", () => {
    const board = new Board();
    const thread = board.claim(undefined);
    const next = board.claim(thread);
    board.markDead(next, { ending: "crashed", text: "x".repeat(10_000) });
    assert(board.deathNote(next).text.length > 100);
    assert(board.isAlive(thread));
  });

  it("takeLicence() gives as many licences as there are cores", () => {
    const board = new Board(undefined, 2);
    assertEquals([board.takeLicence(), board.takeLicence(), board.takeLicence()], [true, true, false]);
    board.returnLicence();
    assert(board.takeLicence());
    assertFalse(new Board(undefined, 0).takeLicence());
  });
});

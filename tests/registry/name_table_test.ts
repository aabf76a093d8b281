import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { nameKey } from "../../lib/registry/name_key.ts";
import type { NamedAddress } from "../../lib/registry/name_entry.ts";
import { NameTable } from "../../lib/registry/name_table.ts";
import { LOCK_BYTES, SpinLock } from "../../lib/registry/spin_lock.ts";
import { Board } from "../../lib/transport/board.ts";
import type { ThreadAddress } from "../../lib/transport/thread_address.ts";

const end = { ending: "killed", text: "" } as const;

function at(thread: ThreadAddress, local = 1): NamedAddress {
  return { thread, local, ownsThread: local === 1, isSerial: false, maxPendingCalls: Infinity };
}

/** A board with two threads, and each one's view of one table. */
function make(): { board: Board; one: ThreadAddress; two: ThreadAddress; a: NameTable; b: NameTable } {
  const board = new Board();
  const [one, two] = [board.claim(undefined), board.claim(undefined)];
  const a = new NameTable(board, one, "default");
  return { board, one, two, a, b: new NameTable(new Board(board.memory), two, a.memory) };
}

describe("NameTable", () => {
  it("claim() gives a name once, and every view sees it as it was written", () => {
    const { one, two, a, b } = make();
    const address = { thread: one, local: 7, ownsThread: false, isSerial: true, maxPendingCalls: 3 };
    assertEquals(b.namespace, "default");
    assertEquals(a.claim(nameKey("n", "x"), address, -5), undefined);
    assertEquals(b.claim(nameKey("n", "x"), at(two), 1), { address, classHash: -5 });
    assertEquals(b.find(nameKey("n", "x")), { address, classHash: -5 });
    assertEquals(b.claim(nameKey("", "nx"), at(two), 1), undefined);
    assertEquals(b.find(nameKey("nx", "")), undefined);
    assertEquals(a.list(), [{ name: "x", namespace: "n" }, { name: "nx", namespace: "" }]);
    assertEquals(a.list("n"), [{ name: "x", namespace: "n" }]);
  });

  it("an entry counts while its thread lives and its actor has not ended", () => {
    const { board, one, two, a, b } = make();
    const key = nameKey("n", "x");
    assert(b.isEmpty);
    assertFalse(a.has(one, 2));
    a.claim(key, at(one, 2), 0);
    assert(b.has(one, 2));
    assertFalse(b.has(one, 3));
    b.free(one, 3);
    assert(b.has(one, 2));
    b.free(one, 2);
    assertEquals(a.find(key), undefined);
    assertEquals(b.claim(key, at(two), 0), undefined);
    board.markDead(two, end);
    assertEquals([a.find(key), a.has(two, 1), a.list()], [undefined, false, []]);
    assertEquals(a.claim(key, at(one), 0), undefined);
  });

  it("an entry of the pool's counts while its owner lives too", () => {
    const { board, one, two, a, b } = make();
    const key = nameKey("n", "x");
    const address = { ...at(one, 2), owner: two };
    a.claim(key, address, 0);
    assertEquals(b.find(key), { address, classHash: 0 });
    board.markDead(two, end);
    assertEquals([a.find(key), a.has(one, 2), a.list()], [undefined, false, []]);
    assertEquals(a.claim(key, at(one), 0), undefined);
  });

  it("uses the entries of the dead again", () => {
    const { board, one, a } = make();
    for (let i = 0; i < 10_000; i++) {
      const thread = board.claim(one);
      assertEquals(a.claim(nameKey("n", `x${i}`), at(thread), 0), undefined);
      board.markDead(thread, end);
      board.markGone(thread);
    }
    assertEquals(a.list(), []);
  });

  it("move() takes a name along to another address, unless it was taken meanwhile", () => {
    const { board, one, two, a } = make();
    const key = nameKey("n", "x");
    const [first, second] = [board.claim(one), board.claim(one)];
    assertFalse(a.move(at(first), at(second)));
    a.claim(key, at(first), 9);
    board.markDead(first, end);
    assertEquals(a.find(key), undefined);
    assert(a.move(at(first), at(second)));
    assertEquals(a.find(key), { address: at(second), classHash: 9 });
    assertFalse(a.move(at(first), at(two)));
    board.markDead(second, end);
    a.claim(nameKey("n", "y"), at(two, 2), 0);
    a.claim(key, at(two, 3), 0);
    assertFalse(a.move(at(second), at(one)));
    assertEquals(a.find(key)?.address, at(two, 3));
  });

  it("refuses one name too many, and names that are too long", () => {
    const { one, two, a } = make();
    for (let i = 0; i < 4096; i++) a.claim(nameKey("n", `x${i}`), at(one, i + 1), 0);
    assertThrows(() => a.claim(nameKey("n", "more"), at(two), 0), RangeError, "4096");
    assertEquals(a.claim(nameKey("n", "x4000"), at(two), 0)?.address.local, 4001);
    a.free(one, 4001);
    assertEquals(a.claim(nameKey("n", "more"), at(two), 0), undefined);
    assertThrows(() => nameKey("ä".repeat(20), "x".repeat(201)), RangeError, "241 bytes");
  });

  it("a holder of the lock that died keeps nobody out, one that lives does", () => {
    const { board, one, two, a } = make();
    const dead = new SpinLock(a.memory, 0, board, two);
    dead.acquire();
    board.markDead(two, end);
    assertEquals(a.claim(nameKey("n", "x"), at(one), 0), undefined);
    // Nor does it take the lock from whoever has it now.
    const mine = new SpinLock(a.memory, 0, board, one);
    mine.acquire();
    dead.release();
    const worker = new SharedArrayBuffer(LOCK_BYTES);
    assertEquals(new BigInt64Array(a.memory, 0, 1)[0], (BigInt(one.id) << 32n) | BigInt(one.slot));
    mine.release();
    assertEquals(new SpinLock(worker, 0, board, one).hold(() => 5), 5);
    assertEquals(new BigInt64Array(worker)[0], 0n);
  });

  it("a lock is given back by what throws", () => {
    const { board, one } = make();
    const lock = new SpinLock(new SharedArrayBuffer(LOCK_BYTES), 0, board, one);
    assertThrows(() =>
      lock.hold(() => {
        throw new RangeError("on purpose");
      }), RangeError);
    assertEquals(lock.hold(() => 5), 5);
  });
});

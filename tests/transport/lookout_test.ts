import { assert, assertEquals, assertFalse } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Board } from "../../lib/transport/board.ts";
import { type FrameSink, Link } from "../../lib/transport/link.ts";
import { makeLink } from "../../lib/transport/link_end.ts";
import { Lookout } from "../../lib/transport/lookout.ts";
import { Frame } from "../../lib/wire/frames.ts";

const sink: FrameSink = { frame() {}, dirty() {} };

/** A thread with a lookout, and links to it from others. */
function makeThread(links: number): { board: Board; lookout: Lookout; ends: [Link, Link][]; bits(): number } {
  const board = new Board(undefined, 2);
  const self = board.claim(undefined);
  const ends = Array.from({ length: links }, (): [Link, Link] => {
    const [theirs, ours] = makeLink(board, board.claim(self), self);
    return [new Link(board, theirs, sink), new Link(board, ours, sink)];
  });
  return { board, lookout: new Lookout(board, self), ends, bits: () => board.takeBits(self) };
}

function send(link: Link): void {
  link.open(Frame.call);
  link.seal();
  link.flush();
}

function closeAll(ends: [Link, Link][]): void {
  for (const link of ends.flat()) link.close();
}

describe("Lookout", () => {
  it("a writer rings unless the reader looks at its ring by itself", () => {
    const { lookout, ends, bits } = makeThread(2);
    const [[first, ours], [second, other]] = ends;
    send(first);
    assertEquals(bits(), ours.bit);
    lookout.add(ours);
    send(first);
    assertEquals(bits(), 0);
    send(second);
    assertEquals(bits(), other.bit);
    assert(lookout.remove(ours));
    assertFalse(lookout.remove(ours));
    send(first);
    assertEquals(bits(), ours.bit);
    closeAll(ends);
  });

  it("add() replaces the oldest of four, and says so", () => {
    const { lookout, ends } = makeThread(5);
    const ours = ends.map(([, link]) => link);
    for (const link of ours.slice(0, 4)) assertEquals(lookout.add(link), undefined);
    assertEquals(lookout.add(ours[2]), undefined);
    assertEquals(lookout.add(ours[4]), ours[0]);
    assertEquals(lookout.watched, ours.slice(1));
    closeAll(ends);
  });

  it("look() sees what comes into a ring, and the bell", () => {
    const { lookout, ends, bits } = makeThread(2);
    const [[first, ours], [second]] = ends;
    lookout.add(ours);
    assertFalse(lookout.look());
    send(first);
    assert(lookout.look());
    ours.drain();
    send(second);
    assert(lookout.look());
    assert(bits() !== 0);
    closeAll(ends);
  });

  it("park() refuses while something is in a ring that nobody rang for", () => {
    const { lookout, ends } = makeThread(1);
    const [[theirs, ours]] = ends;
    lookout.add(ours);
    send(theirs);
    assertFalse(lookout.park());
    assertFalse(lookout.isParked);
    ours.drain();
    assert(lookout.park());
    assert(lookout.isParked);
    closeAll(ends);
  });

  it("a parked thread is rung for every ring, also one that it stops looking at meanwhile", () => {
    const { lookout, ends, bits } = makeThread(1);
    const [[theirs, ours]] = ends;
    lookout.add(ours);
    assert(lookout.park());
    lookout.remove(ours);
    assert(lookout.isParked);
    send(theirs);
    assertEquals(bits(), ours.bit);
    closeAll(ends);
  });

  /** True if a look took the licence for it: there are two, for two cores. */
  function takesLicence(board: Board, lookout: Lookout): boolean {
    lookout.look();
    const free = [board.takeLicence(), board.takeLicence()].filter((isFree) => isFree).length;
    for (let i = 0; i < free; i++) board.returnLicence();
    lookout.close();
    return free < 2;
  }

  it("looks in vain become rare also where each sleep is short, as on a core that two threads share", () => {
    const { board, lookout, ends } = makeThread(1);
    lookout.add(ends[0][1]);
    let looked = 0;
    for (let i = 0; i < 400; i++) {
      if (takesLicence(board, lookout)) looked++;
      assert(lookout.park());
      lookout.wake();
    }
    assert(looked > 10 && looked < 60, `${looked} looks of 400 waits`);
    closeAll(ends);
  });

  it("looks that never pay become rare, and those that pay save up for ones that do not", () => {
    const { board, lookout, ends } = makeThread(1);
    const [[theirs, ours]] = ends;
    lookout.add(ours);
    /** How many waits look in vain before one goes without. */
    const looks = (): number => {
      let count = 0;
      while (takesLicence(board, lookout)) count++;
      return count;
    };
    assertEquals(looks(), 2);
    for (let i = 0; i < 2_000; i++) {
      send(theirs);
      lookout.look();
      ours.drain();
    }
    assert(looks() > 3);
    closeAll(ends);
  });
});

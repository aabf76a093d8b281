import { Actor, type ActorHandle, remote } from "@manta/ray";
import process from "node:process";
import { ownerOf } from "../../lib/call/handle.ts";
import { currentThread } from "../../lib/runtime/current.ts";
import type { ActorCell } from "../../lib/supervise/actor_cell.ts";

/** How many threads this one takes for acquainted with others, and has no link to any more. */
export function strangers(): number {
  const { peers, self } = currentThread()!;
  const known = peers.all().flatMap(({ acquainted }) => [...acquainted]);
  return known.filter((id) => id !== self.id && peers.find(id) === undefined).length;
}

@remote
export class Short extends Actor {
  #calls = 0;
  call(): number {
    return ++this.#calls;
  }
  crash(): void {
    process.exit(3);
  }
}

/** Knows actors that others have made, and passes them on. */
@remote
export class Passer extends Actor {
  strangers(): number {
    return strangers();
  }
  async call(shorts: ActorHandle<Short>[], next?: ActorHandle<Passer>[]): Promise<number> {
    for (const short of shorts) await short.call.options({ maxTaskRetries: -1 }).remote();
    return next === undefined ? shorts.length : await next[0].call.remote(shorts);
  }
  /** Crashes it, and waits for its next run; how many more are told of its end then. */
  async crash([short]: ActorHandle<Short>[], times: number): Promise<number> {
    const cell = ownerOf(short) as ActorCell;
    const { whenBroken } = cell;
    let more = 0;
    cell.whenBroken = (callback) => {
      more++;
      whenBroken.call(cell, callback);
    };
    for (let i = 0; i < times; i++) {
      await Promise.resolve(short.crash.options({ maxTaskRetries: 0 }).remote()).catch(() => {});
      await short.call.options({ maxTaskRetries: -1 }).remote();
    }
    return more;
  }
}

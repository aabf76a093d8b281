/** An idle detached actor, whose maker has ended, keeps no program alive. */

import { Actor, type ActorHandle, getActor, kill, remote } from "../../mod.ts";

@remote
class Cell extends Actor {
  read(): string {
    return "read";
  }
}

@remote
class Maker extends Actor {
  make(): ActorHandle<Cell> {
    return Cell.options({ name: "cell", lifetime: "detached" }).remote();
  }
}

if (import.meta.main) {
  const maker = Maker.remote();
  await maker.make.remote();
  await kill(maker);
  const cell = await getActor<Cell>("cell");
  console.log(await cell.read.remote());
}

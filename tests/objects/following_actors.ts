import { Actor, remote } from "@manta/ray";

@remote({ placement: "inline" })
export class Counter extends Actor {
  #count = 0;
  next(): number {
    return ++this.#count;
  }
}

@remote({ placement: "inline" })
export class Thrower extends Actor {
  fail(): number {
    throw new Error("on purpose");
  }
}

// What Manta adds to that, up to the first answer of an inline actor.
import { Actor, remote } from "../../mod.ts";

@remote({ placement: "inline" })
class First extends Actor {
  call(value: number): number {
    return value;
  }
}

if (import.meta.main) console.log(await First.remote().call.remote(1));

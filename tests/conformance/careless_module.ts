/** A module with driver code that is not under `if (import.meta.main)`, in threads that were told to run it. */

import { Actor, remote } from "@manta/ray";

@remote({ placement: "pool" })
export class Careless extends Actor {
  ping(): string {
    return "pong";
  }
}

if ((globalThis as { poolIsCareless?: boolean }).poolIsCareless === true) {
  await new Promise((resolve) => setTimeout(resolve));
  Careless.remote();
}

/** A pending await keeps the program alive until the answer is there: in each of the ways to wait. */

import { Actor, get, getWithTimeout, remote, wait } from "@manta/ray";

@remote
class Slow extends Actor {
  async after(milliseconds: number): Promise<string> {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    return "there";
  }
}

if (import.meta.main) {
  const slow = Slow.remote();
  console.log("await", await slow.after.remote(300));
  console.log("get", await get(slow.after.remote(300)));
  console.log("getWithTimeout", await getWithTimeout(slow.after.remote(300), 60_000));
  console.log("wait", (await wait([slow.after.remote(300)]))[0].length);
  console.log("then", await slow.after.remote(300).then((value) => value));
}

/** Inline actors alone: no permission at all. */

import { Actor, GetTimeoutError, getWithTimeout, put, remote, shutdown, wait } from "@manta/ray";

@remote({ placement: "inline" })
class Counter extends Actor {
  #count = 0;
  async add(amount: number): Promise<number> {
    await Promise.resolve();
    return this.#count += amount;
  }
  fail(): void {
    throw new RangeError("failed");
  }
  hang(): Promise<void> {
    return new Promise(() => {});
  }
}

if (import.meta.main) {
  const counter = Counter.remote();
  console.log(await counter.add.remote(put(2)), (await wait([counter.add.remote(1)]))[0].length);
  console.log(await Promise.resolve(counter.fail.remote()).catch((error) => error instanceof RangeError));
  console.log(
    await getWithTimeout(counter.hang.remote(), 5).catch((error) => error instanceof GetTimeoutError),
  );
  await shutdown();
  console.log("ended");
}

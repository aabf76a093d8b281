// exitActor() where nobody catches what it throws: out of a timer, out of a promise, before and after the call's end.
import { Actor, exitActor, init, remote, shutdown } from "@manta/ray";

@remote({ placement: "thread", maxRestarts: 3 })
class Leaver extends Actor {
  onShutdown(): void {
    console.log("in order");
  }
  // deno-lint-ignore require-await -- async makes it an async actor
  async byTimer(): Promise<string> {
    setTimeout(() => exitActor(), 1);
    return "answered";
  }
  // deno-lint-ignore require-await -- the same
  async byPromise(): Promise<string> {
    (async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      exitActor();
    })();
    return "answered";
  }
  async meanwhile(): Promise<string> {
    await new Promise<void>((resolve) =>
      setTimeout(() => {
        resolve();
        exitActor();
      }, 1)
    );
    return "never";
  }
  pong(): string {
    return "pong";
  }
}

if (import.meta.main) {
  await init({ poolThreads: 1 });
  for (const options of [{ placement: "thread" }, { placement: "pool", maxRestarts: 0 }] as const) {
    const neighbour = Leaver.options(options).remote();
    for (const how of ["byTimer", "byPromise", "meanwhile"] as const) {
      const actor = Leaver.options(options).remote();
      const say = (error: unknown): string => String(error).replace(/: .*died, /, ": ");
      console.log(options.placement, how, await actor[how].remote().then(String, say));
      let later = "pong";
      while (later === "pong") later = await actor.pong.remote().then(String, say);
      console.log(later);
    }
    console.log(await neighbour.pong.remote());
  }
  await shutdown();
}

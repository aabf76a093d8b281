/** A reader of events that is never told to stop does not keep the process alive, nor do actors that it reads of. */

import { Actor, events, listTasks, remote } from "@manta/ray";

@remote
class Idle extends Actor {
  ping(): string {
    return "pong";
  }
}

async function read(): Promise<void> {
  for await (const { type } of events({ kinds: ["task-finished"] })) console.log(type);
}

if (import.meta.main) {
  const stream = events({ kinds: ["task-finished"] });
  await Idle.remote().ping.remote();
  console.log((await listTasks())[0].state);
  console.log((await stream.next()).value?.type);
  read();
  console.log("done");
}

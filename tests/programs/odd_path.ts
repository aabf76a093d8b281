/**
 * What a program does whose modules are found from the call site: copied to where a path has what URLs and stacks write in ways of
 * their own.
 *
 * @module
 */

import { Actor, remote, shutdown } from "@manta/ray";

@remote
class Greeter extends Actor {
  greet(): string {
    return "actor";
  }
}

const greet = remote(function greet() {
  return "function";
});

if (import.meta.main) {
  console.log(await Greeter.remote().greet.remote(), await greet.remote());
  await shutdown();
}

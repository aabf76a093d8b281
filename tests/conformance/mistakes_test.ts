// What Manta says to a stranger's mistakes: what was wrong, what was found, and what would be right.
import {
  Actor,
  cancel,
  get,
  getActor,
  getSync,
  getWithTimeout,
  init,
  kill,
  listActors,
  listNamedActors,
  method,
  ObjectRef,
  put,
  remote,
  SerializationError,
  shutdown,
  wait,
  waitSync,
} from "@manta/ray";
import { assertEquals, assertInstanceOf, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { Counter, Echo } from "./actors.ts";
import { rejection } from "./fence.ts";
import { Streamer } from "./stream_actors.ts";

/** A mistake, as TypeScript would not let it through. */
type Mistake = [call: () => unknown, message: string];

function refused(mistakes: Mistake[], Class: typeof TypeError | typeof SerializationError = TypeError): void {
  for (const [call, message] of mistakes) {
    const error = assertThrows(call, Class);
    assertEquals(error.message, message);
  }
}

const loose = {
  get,
  getSync,
  getWithTimeout,
  wait,
  waitSync,
  kill,
  cancel,
  put,
  remote,
  method,
  init,
  shutdown,
  getActor,
  listNamedActors,
  listActors,
} as unknown as Record<
  string,
  (...args: unknown[]) => unknown
>;

describe("a stranger's mistakes", () => {
  afterEach(shutdown);

  // ray: get-misuse
  it("options that are none, or unknown, where something waits", () => {
    const [a, b] = [put(1), put(2)];
    const right = 'expected an object of "timeout" or "signal"';
    refused([
      [() => loose.get(a, 5_000), `Cannot get with 5000 as options: ${right}`],
      [() => loose.get(a, null), `Cannot get with null as options: ${right}`],
      [
        () => loose.get(a, new AbortController().signal),
        `Cannot get with an AbortSignal as options: ${right}`,
      ],
      [
        () => loose.get(a, b),
        `Cannot get with an ObjectRef as options: ${right}, give several refs as one array`,
      ],
      [
        () => loose.get(a, { timout: 5 }),
        'Cannot get with option "timout": it is unknown, use "timeout" or "signal"',
      ],
      [
        () => loose.getSync(a, { signal: 1 }),
        'Cannot getSync with option "signal": it is unknown, use "timeout"',
      ],
      [
        () => loose.getWithTimeout(a, 5, { timeout: 5 }),
        'Cannot get with option "timeout": it is unknown, use "signal"',
      ],
      [
        () => loose.getWithTimeout(a, { timeout: 5 }),
        'Cannot get with {"timeout":5} as "timeout": expected milliseconds as a number',
      ],
      [
        () => loose.wait([a], { num_returns: 1 }),
        'Cannot wait with option "num_returns": it is unknown, use "numReturns", "timeout" or "signal"',
      ],
      [
        () => loose.waitSync([a], 1),
        'Cannot waitSync with 1 as options: expected an object of "numReturns" or "timeout"',
      ],
    ]);
  });

  // ray: get-misuse, kill-misuse, cancel
  it("options that are an array or an instance, of whatever takes options", async () => {
    const handle = Counter.options({ placement: "inline" }).remote();
    const ref = handle.add.remote();
    const takers: Record<string, (options: unknown) => unknown> = {
      "get": (options) => loose.get(ref, options),
      "cancel": (options) => loose.cancel(ref, options),
      "kill an actor": (options) => loose.kill(handle, options),
      "init": (options) => loose.init(options),
      "shut down": (options) => loose.shutdown(options),
      "get an actor": (options) => loose.getActor("nobody", options),
      "list named actors": (options) => loose.listNamedActors(options),
      "list actors": (options) => loose.listActors(options),
    };
    for (const [verb, take] of Object.entries(takers)) {
      for (const [options, name] of [[[], "[]"], [new Map(), "a Map"], [1, "1"]] as const) {
        const { message } = assertThrows(() => take(options), TypeError, undefined, verb);
        assertStringIncludes(message, `Cannot ${verb} with ${name} as options: expected an object of "`);
      }
      const { message } = assertThrows(() => take({ oops: 1 }), TypeError, undefined, verb);
      assertStringIncludes(message, `Cannot ${verb} with option "oops": it is unknown, use "`);
    }
    assertEquals(await handle.add.remote(), 2);
  });

  // ray: get-misuse, kill-misuse, cancel
  it("something else than a ref or a handle is named by its class", () => {
    const handle = Counter.options({ placement: "inline" }).remote();
    const ref = handle.add.remote();
    const right = "expected an ObjectRef or an array of them";
    refused([
      [() => loose.get(Promise.resolve(1)), `Cannot get a Promise: ${right}`],
      [() => loose.get(handle), `Cannot get an ActorHandle<Counter>: ${right}`],
      [() => loose.get([ref, Promise.resolve(1)]), "Cannot get a Promise at index 1: expected an ObjectRef"],
      [
        () => loose.get({ length: 1, text: "x".repeat(200) }),
        `Cannot get {"length":1,"text":"${"x".repeat(80)}…: ${right}`,
      ],
      [() => loose.wait(ref), "Cannot wait for an ObjectRef: expected an array of ObjectRefs"],
      [
        () => loose.kill(ref),
        "Cannot kill an ObjectRef: expected an actor's handle, use cancel(ref) to end a call",
      ],
      [() => loose.kill(Counter), 'Cannot kill class "Counter": expected an actor\'s handle'],
      [() => loose.cancel(handle), "Cannot cancel an ActorHandle<Counter>: expected an ObjectRef"],
      [() => loose.cancel(Promise.resolve()), "Cannot cancel a Promise: expected an ObjectRef"],
    ]);
  });

  // ray: remote-function-options, method-decorator
  it("declarations without a name, parentheses in the wrong place, an instance", () => {
    refused([
      [
        () => remote((x: number) => x),
        'Cannot declare a function remote: it has no name, by which a worker could find it, write "function name() { … }"',
      ],
      [
        () => remote(class extends Actor {}),
        'Cannot declare a class remote: it has no name, by which a worker could find it, write "class name { … }"',
      ],
      [
        () => loose.remote(),
        'Cannot declare undefined remote: expected a class, a function or options, write "@remote" or "@remote({…})"',
      ],
      [
        () => loose.method(function run() {}, { kind: "method" }),
        'Cannot use options function "run" for a method: expected an object, write "@method({…})"',
      ],
      [() => loose.remote(new Date()), "Cannot use options a Date for a class: expected an object"],
      [
        () => Counter.options(new Map() as never),
        'Cannot use options a Map for class "Counter": expected an object',
      ],
    ]);
  });

  // ray: error-serialization
  it("instances of remote classes, classes and signals as values", async () => {
    const echo = Echo.options({ placement: "inline" }).remote();
    const cannot = (path: string): string => `Cannot serialize "${path}": `;
    const pass = "pass the handle that Counter.remote() gives, or, of itself, runtimeContext().currentActor";
    refused([
      [
        () => echo.echo.remote(new Counter()),
        `${cannot("args[0]")}an instance of remote class "Counter" cannot cross threads; ${pass}`,
      ],
      [
        () => echo.echo.remote([Counter]),
        `${cannot("args[0][0]")}class "Counter" cannot cross threads; import it there`,
      ],
      [
        () => echo.echo.remote({ signal: AbortSignal.abort() }),
        `${
          cannot("args[0].signal")
        }an AbortSignal cannot cross threads; give it to the call, .options({ signal })`,
      ],
    ], SerializationError);
    class Selfish extends Actor {
      me(): unknown {
        return this;
      }
    }
    remote(Selfish, { placement: "inline" });
    const error = await rejection(Selfish.remote().me.remote());
    assertInstanceOf(error, SerializationError);
    assertMatch(
      error.message,
      /"result": an instance of remote class "Selfish" .*runtimeContext\(\)\.currentActor/,
    );
  });

  // ray: error-out-of-band
  it("a ref, a stream or a handle that is logged or written as JSON shows itself, not the runtime", async () => {
    const handle = Counter.options({ placement: "inline" }).remote();
    const ref = handle.add.remote();
    assertInstanceOf(ref, ObjectRef);
    assertEquals(inspect(ref), `ObjectRef(${ref.id}, "Counter.add", pending)`);
    await ref;
    assertEquals(
      JSON.stringify({ ref }),
      JSON.stringify({ ref: `ObjectRef(${ref.id}, "Counter.add", ready)` }),
    );
    const stream = Streamer.options({ placement: "inline" }).remote().count.remote(1);
    assertEquals(inspect(stream), `ObjectRefGenerator(${stream.id}, "Streamer.count")`);
    assertEquals(inspect([handle]), `[ ActorHandle<Counter>(${handle.actorId}) ]`);
  });

  it("refs and handles of another copy of Manta are told to be that", async () => {
    const root = fileURLToPath(new URL("../..", import.meta.url));
    const folder = await mkdtemp(join(root, "tests", ".copy-"));
    try {
      for (const name of ["mod.ts", "lib"]) {
        await cp(join(root, name), join(folder, name), { recursive: true });
      }
      const copy = await import(pathToFileURL(join(folder, "mod.ts")).href) as typeof import("@manta/ray");
      class Stranger {}
      const handle = copy.remote(Stranger, { placement: "inline", module: import.meta.url }).remote();
      const ref = copy.put([1]);
      const note = "it is of another copy of Manta, have all modules of the program import the same one";
      const echo = Echo.options({ placement: "inline" }).remote();
      refused([
        [() => loose.get(ref), `Cannot get an ObjectRef: ${note}`],
        [() => loose.wait([ref]), `Cannot wait an ObjectRef at index 0: ${note}`],
        [() => loose.kill(handle), `Cannot kill an ActorHandle<Stranger>: ${note}`],
      ]);
      refused([
        [() => echo.echo.remote(ref), `Cannot serialize "args[0]": ${note}`],
        [() => echo.echo.remote({ handle }), `Cannot serialize "args[0].handle": ${note}`],
      ], SerializationError);
      await copy.shutdown();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("a class whose module the stack does not tell needs the option `module`", async () => {
    class Lost extends Actor {}
    const { promise, resolve } = Promise.withResolvers<Error>();
    // Code of no module, and none below it.
    const declare = "return () => { try { resolve(remote(Lost)); } catch (error) { resolve(error); } };\n" +
      "//# sourceURL=nowhere";
    queueMicrotask(new Function("remote", "Lost", "resolve", declare)(remote, Lost, resolve));
    const error = await promise;
    assertInstanceOf(error, TypeError);
    assertEquals(
      error.message,
      'Cannot declare class "Lost": the stack does not tell its module, say it with the option "module: import.meta.url"',
    );
    remote(Lost, { module: import.meta.url, placement: "inline" });
  });

  it("a program that makes its own stacks changes nothing about whose module a class is of", () => {
    const scope = Error as { prepareStackTrace?: unknown };
    const before = scope.prepareStackTrace;
    class OfText extends Actor {}
    class OfList extends Actor {}
    class OfNothing extends Actor {}
    const stacks = [["no frames", OfText], [[], OfList], [undefined, OfNothing]] as const;
    for (const [stack, Class] of stacks) {
      scope.prepareStackTrace = () => stack;
      try {
        remote(Class, { placement: "inline" });
        assertEquals<unknown>(new Error().stack, stack);
      } finally {
        scope.prepareStackTrace = before;
      }
    }
  });
});

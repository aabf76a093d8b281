import { ActorDiedError, type ActorHandle, RayError, shutdown, TaskError } from "@manta/ray";
import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertNotEquals,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { afterAll, describe, it } from "@std/testing/bdd";
import { Echo } from "./actors.ts";
import { CustomError, KeptError, Stillborn, Thrower } from "./error_actors.ts";
import { rejection } from "./fence.ts";
import { type Place, PLACES } from "./places.ts";

for (const place of PLACES) describe(`errors, ${place.name}`, () => errors(place));

function errors({ placement }: Place): void {
  afterAll(shutdown);
  // One for all tests: threads take their time to start.
  let shared: ActorHandle<Thrower> | undefined;
  const make = (): ActorHandle<Thrower> => shared ??= Thrower.options({ placement }).remote();
  const taskError = async (promise: PromiseLike<unknown>): Promise<TaskError> => {
    const error = await rejection(promise);
    assertInstanceOf(error, TaskError);
    return error;
  };

  // ray: option-name
  it("a call's own name stands in its errors", async () => {
    const named = make().range.options({ name: "the first of March" });
    assertEquals((await taskError(named.remote())).taskName, "the first of March");
    assertEquals((await taskError(make().range.remote())).taskName, "Thrower.range");
    for (const name of ["", 7]) {
      assertThrows(
        () => make().range.options({ name } as never),
        name === "" ? RangeError : TypeError,
        "name",
      );
    }
  });

  // ray: task-error, task-error-fields, pain-errors
  it("a TaskError wraps what a method threw, and is an instance of that class too", async () => {
    const actor = make();
    const error = await taskError(actor.range.remote());
    assertInstanceOf(error.cause, RangeError);
    assertEquals((error.cause as Error).message, "out of range");
    assertEquals([error.name, error.code, error.taskName, error.actorId], [
      "TaskError",
      "TASK_ERROR",
      "Thrower.range",
      actor.actorId,
    ]);
    assert((error as Error) instanceof RangeError);
    assert(error instanceof RayError && error instanceof Error);
    assertFalse((error as Error) instanceof TypeError);
    assertFalse((error as Error) instanceof ActorDiedError);
    for (const part of ["Thrower.range", "out of range"]) assertStringIncludes(error.message, part);
  });

  it("an error of an async method, and of a rejected promise, arrives likewise", async () => {
    assertInstanceOf(await rejection(make().later.remote()), TypeError);
    assertInstanceOf(await rejection(make().reject.remote()), SyntaxError);
  });

  // ray: task-error, pain-errors
  it("every built-in class is kept", async () => {
    const actor = make();
    for (
      const Class of [Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError] as const
    ) {
      const error = await taskError(actor.builtin.remote(Class.name));
      assertStrictEquals((error.cause as Error).constructor, Class);
      assert((error as Error) instanceof Class);
    }
    const dom = await taskError(actor.dom.remote());
    assertInstanceOf(dom.cause, DOMException);
    assertEquals([(dom.cause as Error).name, (dom.cause as Error).message], ["AbortError", "gone"]);
  });

  // ray: error-unserializable
  it("an error of a class that is not known here is an Error of that name with its fields", async () => {
    const { cause } = await taskError(make().custom.remote());
    assertInstanceOf(cause, Error);
    assertFalse(cause instanceof CustomError);
    const custom = cause as CustomError;
    assertEquals([custom.name, custom.message, custom.status, custom.detail], [
      "CustomError",
      "custom",
      418,
      { tea: ["pot"] },
    ]);
  });

  // ray: pain-errors
  it("an error of a @serializable class keeps its class", async () => {
    const { cause } = await taskError(make().kept.remote());
    assertInstanceOf(cause, KeptError);
    assertEquals([cause.message, cause.status, cause.name], ["kept", 42, "KeptError"]);
  });

  // ray: pain-errors
  it("causes are kept to the last", async () => {
    const { cause } = await taskError(make().chain.remote());
    const middle = (cause as Error).cause as Error;
    assertInstanceOf(middle, RangeError);
    assertEquals([middle.message, middle.cause], ["middle", { inner: "data" }]);
  });

  it("AggregateError.errors are kept", async () => {
    const error = await taskError(make().aggregate.remote());
    const { errors } = error.cause as AggregateError;
    assertInstanceOf(error.cause, AggregateError);
    assert((error as Error) instanceof AggregateError);
    assertInstanceOf(errors[0], RangeError);
    assertInstanceOf(errors[1], TypeError);
    assertEquals([errors.length, errors[2]], [3, "three"]);
  });

  // ray: pain-errors
  it("own fields are kept, and those that cannot cross do not keep the error from crossing", async () => {
    const cause = (await taskError(make().own.remote())).cause as Error & Record<string, unknown>;
    assertInstanceOf(cause, RangeError);
    assertEquals([cause.code, cause.retry], ["E_CODE", { after: 5 }]);
    assertFalse(typeof cause.fn === "function");
  });

  it("what is thrown need not be an Error", async () => {
    const actor = make();
    for (const value of ["text", 42, null, undefined, { a: [1] }, false, 10n]) {
      const error = await taskError(actor.value.remote(value));
      assertEquals(error.cause, value);
      assert("cause" in error);
    }
  });

  // ray: task-error-unserializable
  it("what cannot cross is described, and the actor goes on", async () => {
    const actor = make();
    for (const kind of ["function", "symbol"]) {
      const { cause } = await taskError(actor.odd.remote(kind));
      assertInstanceOf(cause, Error);
      assertNotEquals((cause as Error).message, "");
    }
    assertEquals(await actor.ok.remote(), "ok");
  });

  it("a thenable of the program's own is awaited as a promise would be, and what it throws is the call's error", async () => {
    const actor = make();
    for (const kind of ["throws", "getter throws"]) {
      const error = await taskError(actor.thenable.remote(kind));
      assertInstanceOf(error, RangeError);
      assertEquals((error.cause as Error).message, kind);
    }
    assertEquals(await actor.thenable.remote("calls back more than once"), "first");
    assertEquals(await actor.ok.remote(), "ok");
  });

  it("an error that contains itself arrives", async () => {
    const cause = (await taskError(make().odd.remote("cyclic"))).cause as Error & { self: unknown };
    assertStrictEquals(cause.self, cause);
    assertStrictEquals(cause.cause, cause);
  });

  // ray: task-error-trace, pain-errors
  it("the stack shows the remote frames, then the caller's line", async () => {
    const error = await taskError(callRange());
    const lines = error.stack!.split("\n");
    const remote = lines.findIndex((line) => line.includes("error_actors.ts"));
    const local = lines.findIndex((line) => line.includes("errors_test.ts"));
    assert(remote > 0 && local > remote, error.stack);
    assertFalse(error.stack!.includes("/lib/"), error.stack);

    function callRange() {
      return make().range.remote();
    }
  });

  // ray: task-error-nested
  it("the error of an actor called by an actor is wrapped by each", async () => {
    for (const method of ["nested", "nestedSync"] as const) {
      const outer = Thrower.options({ placement }).remote(Thrower.remote());
      const error = await taskError(outer[method].remote());
      assertEquals(error.taskName, `Thrower.${method}`);
      const inner = error.cause as TaskError;
      assertInstanceOf(inner, TaskError);
      assertEquals(inner.taskName, "Thrower.range");
      assertInstanceOf(inner.cause, RangeError);
      assert((error as Error) instanceof RangeError, "the innermost built-in class holds all the way");
    }
  });

  it("an error passed as a value keeps what it is", async () => {
    const echo = Echo.options({ placement }).remote();
    const error = await taskError(make().range.remote());
    const back = await echo.echo.remote(error) as TaskError;
    assertInstanceOf(back, TaskError);
    assertInstanceOf(back, RangeError);
    assertEquals([back.taskName, back.message, back.stack], [error.taskName, error.message, error.stack]);
  });

  it("a ref that failed gives the same error each time", async () => {
    const ref = make().range.remote();
    assertStrictEquals(await rejection(ref), await rejection(ref));
  });

  // ray: init-failure
  it("a constructor that throws: the handle is there, every call rejects with ActorDiedError and the cause", async () => {
    const actor = Stillborn.options({ placement }).remote("custom");
    const first = await rejection(actor.read.remote());
    assertInstanceOf(first, ActorDiedError);
    assertEquals([(first.cause as Error).name, (first.cause as Error).message], [
      "CustomError",
      "from the constructor",
    ]);
    assertEquals([first.actorId, first.code], [actor.actorId, "ACTOR_DIED"]);
    assertStringIncludes(first.message, "from the constructor");
    const later = await rejection(actor.read.remote());
    assertInstanceOf(later, ActorDiedError);
    assertEquals((later.cause as Error).message, "from the constructor");
  });

  // ray: init-failure
  it("calls made at any moment around a constructor's throw have its cause", async () => {
    const actor = Stillborn.options({ placement }).remote("custom");
    let isOver = false;
    const errors: Promise<unknown>[] = [];
    while (!isOver && errors.length < 100_000) {
      const error = rejection(actor.read.remote());
      errors.push(error);
      error.finally(() => isOver = true);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    errors.push(rejection(actor.read.remote()));
    for (const error of await Promise.all(errors)) {
      assertInstanceOf(error, ActorDiedError);
      assertEquals((error.cause as Error | undefined)?.message, "from the constructor");
    }
  });

  it("a constructor's thrown string is the cause", async () => {
    const error = await rejection(Stillborn.options({ placement }).remote("text").read.remote());
    assertInstanceOf(error, ActorDiedError);
    assertEquals(error.cause, "text");
  });

  it("a constructor's error that throws when it is looked at ends the actor as any other", async () => {
    const error = await rejection(Stillborn.options({ placement }).remote("hostile").read.remote());
    assertInstanceOf(error, ActorDiedError);
    assertStringIncludes(error.message, "its constructor threw");
    assertInstanceOf(error.cause, Error);
  });

  // ray: ref-argument
  it("a constructor's failed argument ends the actor with that error as the cause", async () => {
    const failed = make().range.remote();
    const error = await rejection(Stillborn.options({ placement }).remote(failed).read.remote());
    assertInstanceOf(error, ActorDiedError);
    assertInstanceOf(error.cause, RangeError);
  });
}

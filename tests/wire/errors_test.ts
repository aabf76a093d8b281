import { describe, it } from "@std/testing/bdd";
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import * as actorErrors from "../../lib/base/actor_errors.ts";
import * as cancelErrors from "../../lib/base/cancel_error.ts";
import * as commonErrors from "../../lib/base/errors.ts";
import * as limitErrors from "../../lib/base/limit_error.ts";
import * as lostErrors from "../../lib/base/lost_errors.ts";
import * as nameErrors from "../../lib/base/name_errors.ts";
import { makeTaskError, TaskError } from "../../lib/base/task_error.ts";
import { Codec } from "./round_trip.ts";
import { difference } from "./same.ts";

const errors = {
  ...commonErrors,
  ...actorErrors,
  ...lostErrors,
  ...limitErrors,
  ...nameErrors,
  ...cancelErrors,
};
const { ActorDiedError, GetTimeoutError, RayError, SerializationError } = errors;
const codec = new Codec();

function thrown(value: unknown): unknown {
  codec.writer.pos = 0;
  codec.encoder.begin(codec.writer, "value");
  codec.encoder.encodeThrown(value);
  codec.encoder.end();
  return codec.decode(codec.writer.bytes.slice(0, codec.writer.pos), 1)[0];
}

/** What `SerializationError` says of a value. */
function refusal(value: unknown, root = "args"): InstanceType<typeof SerializationError> {
  const error = assertThrows(() => codec.encode([value], root), SerializationError);
  assert(error instanceof SerializationError);
  assertEquals(codec.encoder.items, []);
  return error;
}

describe("encoding of errors", () => {
  it("keeps class, message, stack, cause and own fields", () => {
    for (const Class of [Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError]) {
      const error = Object.assign(new Class("message", { cause: { deep: new Class("inner") } }), {
        code: "E",
        n: [1],
      });
      assertEquals(difference(codec.trip(error), error), undefined);
    }
    assertEquals([codec.trip(new Error()).message, codec.trip(new Error("")).name], ["", "Error"]);
    const withUndefined = codec.trip(new Error("x", { cause: undefined }));
    assertEquals([Object.hasOwn(withUndefined, "cause"), withUndefined.cause], [true, undefined]);
    assertEquals(Object.hasOwn(codec.trip(new Error("x")), "cause"), false);
    assertEquals(Object.keys(codec.trip(new Error("x"))), []);
  });

  it("keeps AggregateError.errors and DOMException", () => {
    const error = new AggregateError([new RangeError("1"), "two", { three: 3 }], "all");
    assertEquals(difference(codec.trip(error), error), undefined);
    const abort = codec.trip(new DOMException("stopped", "AbortError"));
    assert(abort instanceof DOMException);
    assertEquals([abort.name, abort.message, abort.code], ["AbortError", "stopped", 20]);
  });

  it("keeps cycles through errors", () => {
    const error = new RangeError("round") as RangeError & { self?: unknown };
    error.cause = [error];
    error.self = error;
    const result = codec.trip(error);
    assertStrictEquals((result.cause as unknown[])[0], result);
    assertStrictEquals(result.self, result);
  });

  it("makes an Error of the same name of any other class", () => {
    class PaymentError extends Error {
      override name = "PaymentError";
      amount = 5;
    }
    const result = codec.trip(new PaymentError("declined"));
    assertStrictEquals(Object.getPrototypeOf(result), Error.prototype);
    assertEquals([result.name, result.message, result.amount], ["PaymentError", "declined", 5]);
    class Narrow extends RangeError {}
    Object.defineProperty(Narrow.prototype, "name", { value: "Narrow" });
    const narrow = codec.trip(new Narrow("x"));
    assert(narrow instanceof RangeError);
    assertEquals([narrow.name, String(narrow)], ["Narrow", "Narrow: x"]);
  });

  // ray: error-root
  it("keeps every error of Manta's, by its code", () => {
    const classes = Object.values(errors).filter((value) =>
      typeof value === "function" && value.prototype instanceof Error
    ) as (new (
      message: string,
      options?: ErrorOptions,
    ) => Error)[];
    assert(classes.length >= 10);
    for (const Class of classes) {
      const error = new Class(
        "message",
        Class === GetTimeoutError ? undefined : { cause: new TypeError("below") },
      );
      const result = codec.trip(error);
      assert(result instanceof Class && result instanceof RayError);
      assertEquals(difference(result, error), undefined);
    }
    const activity = { method: "spin", elapsed: 5, running: 1, pending: 2 };
    const timeout = codec.trip(
      new GetTimeoutError("late", { timeout: 10, taskName: "A.b", actorId: "7", activity }),
    );
    assertEquals([timeout.timeout, timeout.taskName, timeout.actorId, timeout.activity], [
      10,
      "A.b",
      "7",
      activity,
    ]);
    assertEquals(codec.trip(new ActorDiedError("dead", { actorId: "9" })).actorId, "9");
    assertEquals(codec.trip(new SerializationError("no", "args[0].x")).path, "args[0].x");
  });

  it("keeps a TaskError an instance of its cause's class", () => {
    for (
      const cause of [
        new RangeError("negative"),
        new AggregateError([1, 2], "many"),
        "text",
        new Error("plain"),
      ]
    ) {
      const error = makeTaskError({ cause, taskName: "Till.take", actorId: "3" }, "the stack");
      const result = codec.trip(error);
      assert(result instanceof TaskError && result instanceof RayError);
      assertEquals([result.taskName, result.actorId, result.stack], ["Till.take", "3", "the stack"]);
      assertEquals([result.message, result.code, result.name], [error.message, "TASK_ERROR", "TaskError"]);
      assertEquals(difference(result.cause, cause), undefined);
      assertEquals((result as unknown) instanceof RangeError, cause instanceof RangeError);
      assertEquals((result as unknown) instanceof AggregateError, cause instanceof AggregateError);
    }
    const inner = makeTaskError({ cause: new RangeError("deep"), taskName: "A.a" });
    const outer = codec.trip(makeTaskError({ cause: inner, taskName: "B.b" }));
    assert((outer as unknown) instanceof RangeError && outer.cause instanceof TaskError);
  });

  it("leaves out or describes what cannot cross, and never loses the error", () => {
    class Socket {}
    const error = Object.assign(new Error("failed", { cause: new Socket() }), {
      retry: () => {},
      tag: Symbol("t"),
      socket: { inner: new Socket() },
      fine: 1,
    });
    Object.defineProperty(error, "broken", {
      enumerable: true,
      get(): never {
        throw new Error("getter");
      },
    });
    const result = codec.trip({ error, after: 2 });
    assertEquals(result.error.message, "failed");
    assertEquals(result.error.cause, "[object Socket]");
    assertEquals(Object.entries(result.error).filter(([, value]) => value !== undefined), [
      ["socket", "[object Object]"],
      ["fine", 1],
    ]);
    assertEquals(result.after, 2);
    const mixed = codec.trip(new AggregateError([() => {}, 1, new Error("in")], "m"));
    assertEquals([mixed.errors[0], mixed.errors[1], mixed.errors[2].message], ["[function]", 1, "in"]);
  });

  it("keeps an error whose chain of causes is too deep", () => {
    let error = new Error("0");
    for (let i = 1; i < 20_000; i++) error = new Error(String(i), { cause: error });
    assertEquals(codec.trip(error).message, "19999");
    assertEquals((thrown(error) as Error).message, "19999");
  });

  it("keeps references right after a part that was given up", () => {
    const shared = { x: 1 };
    const error = Object.assign(new Error("e"), {
      bad: [shared, {}, {}, {}, {}, {}, {}, {}, {}, {}, () => {}],
    });
    const result = codec.trip([error, shared, shared, {}, shared]);
    assertEquals(result[1], { x: 1 });
    assertStrictEquals(result[1], result[2]);
    assertStrictEquals(result[1], result[4]);
  });

  it("encodeThrown() always arrives", () => {
    assertEquals(thrown("text"), "text");
    assertEquals(thrown({ status: 404 }), { status: 404 });
    assertEquals((thrown(new TypeError("t")) as Error).message, "t");
    for (const value of [() => {}, Symbol("s"), Promise.resolve(), { f: () => {} }, new WeakMap()]) {
      const result = thrown(value);
      assert(result instanceof Error);
      assert(result.message.length > 0);
    }
  });
});

describe("SerializationError", () => {
  it("names the path to what cannot cross", () => {
    const f = (): void => {};
    const paths: [unknown, string][] = [
      [f, ""],
      [{ onDone: f }, ".onDone"],
      [[1, [f]], "[1][0]"],
      [{ "a b": { $x: f } }, '["a b"].$x'],
      [new Map<unknown, unknown>([["k", f]]), '.get("k")'],
      [new Map<unknown, unknown>([["k", 1], [f, 1]]), "[key 1]"],
      [new Map<unknown, unknown>([[{ g: f }, 1]]), "[key 0].g"],
      [new Set<unknown>([1, { f }]), "[item 1].f"],
      [{ ok: new Error("x", { cause: f }), bad: f }, ".bad"],
      [Object.assign([1], { named: f }), ".named"],
      [{ a: { list: [{}, { done: Symbol("s") }] } }, ".a.list[1].done"],
    ];
    for (const [value, path] of paths) {
      assertEquals(refusal(value).path, `args[0]${path}`);
      assertEquals(refusal(value, "result").path, `result${path}`);
    }
    const second = assertThrows(() => codec.encode([1, "a", { f }]), SerializationError) as InstanceType<
      typeof SerializationError
    >;
    assertEquals(second.path, "args[2].f");
    assertEquals(codec.trip([1]), [1]);
  });

  it("says why, and what would be right", () => {
    class Account {}
    const { port1, port2 } = new MessageChannel();
    const gone = new ArrayBuffer(8);
    const view = new Uint8Array(gone);
    structuredClone(gone, { transfer: [gone] });
    const reasons: [unknown, string][] = [
      [
        () => {},
        'Cannot serialize "args[0].x": a function cannot cross threads; pass data, an ActorHandle, or',
      ],
      [Symbol("s"), "a symbol cannot cross threads"],
      [Promise.resolve(), "a Promise cannot cross threads; await it first"],
      [new WeakMap(), "a WeakMap cannot cross threads"],
      [new WeakRef({}), "a WeakRef cannot cross threads"],
      [new Account(), 'an instance of class "Account" cannot cross threads; declare the class @serializable'],
      [(function* () {})(), "cannot cross threads"],
      [new Proxy(new Map(), {}), "a Map cannot cross threads"],
      [Object(Symbol("boxed")), "a Symbol cannot cross threads"],
      [port1, "a MessagePort is never copied; move it with transfer("],
      [new ReadableStream(), "a ReadableStream is never copied"],
      [gone, "transferred away"],
      [view, "transferred away"],
    ];
    for (const [value, reason] of reasons) {
      const { message } = refusal({ x: value });
      assert(message.includes(reason), `${message} / ${reason}`);
      assert(message.startsWith('Cannot serialize "args[0].x'), message);
    }
    port1.close();
    port2.close();
  });

  it("lets a getter's own error through", () => {
    const value = {
      get x(): never {
        throw new RangeError("mine");
      },
    };
    assertThrows(() => codec.encode([value]), RangeError, "mine");
    assertEquals(codec.trip([1]), [1]);
  });
});

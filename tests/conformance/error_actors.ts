import { Actor, type ActorHandle, getSync, remote, serializable } from "@manta/ray";

export class CustomError extends Error {
  override name = "CustomError";
  constructor(message: string, readonly status: number, readonly detail: object, options?: ErrorOptions) {
    super(message, options);
  }
}

@serializable
export class KeptError extends Error {
  override name = "KeptError";
  constructor(message: string, readonly status: number) {
    super(message);
  }
}

/** An error that throws when it is looked at. */
function hostileError(): Error {
  return Object.defineProperty(new Error(), "message", {
    get(): never {
      throw new TypeError("hostile");
    },
  });
}

@remote
export class Thrower extends Actor {
  constructor(readonly next?: ActorHandle<Thrower>) {
    super();
  }
  range(): void {
    throw new RangeError("out of range");
  }
  async later(): Promise<void> {
    await Promise.resolve();
    throw new TypeError("later");
  }
  reject(): Promise<void> {
    return Promise.reject(new SyntaxError("rejected"));
  }
  builtin(name: string): void {
    const Class = (globalThis as unknown as Record<string, ErrorConstructor>)[name];
    throw new Class(`a ${name}`);
  }
  custom(): void {
    throw new CustomError("custom", 418, { tea: ["pot"] });
  }
  kept(): void {
    throw new KeptError("kept", 42);
  }
  chain(): void {
    throw new Error("outer", { cause: new RangeError("middle", { cause: { inner: "data" } }) });
  }
  aggregate(): void {
    throw new AggregateError([new RangeError("one"), new TypeError("two"), "three"], "several");
  }
  own(): void {
    throw Object.assign(new RangeError("with fields"), { code: "E_CODE", retry: { after: 5 }, fn: () => {} });
  }
  dom(): void {
    throw new DOMException("gone", "AbortError");
  }
  value(value: unknown): void {
    throw value;
  }
  odd(kind: string): void {
    if (kind === "function") throw () => {};
    if (kind === "symbol") throw Symbol("odd");
    const error: Error & { self?: unknown } = new Error("cyclic");
    error.self = error;
    error.cause = error;
    throw error;
  }
  /** Returns what is no promise, and has a `then` of its own. */
  thenable(kind: string): unknown {
    if (kind === "getter throws") {
      return {
        get then(): never {
          throw new RangeError(kind);
        },
      };
    }
    return {
      then(fulfil: (value: string) => void, reject: (reason: unknown) => void): void {
        if (kind === "throws") throw new RangeError(kind);
        fulfil("first");
        reject(new Error("second"));
        fulfil("third");
        throw new Error("fourth");
      },
    };
  }
  ok(): string {
    return "ok";
  }
  /** Passes the error of another actor on, by waiting for it. */
  async nested(): Promise<void> {
    await this.next!.range.remote();
  }
  nestedSync(): void {
    getSync(this.next!.range.remote());
  }
}

/** A sync actor whose constructor throws what it is given. */
@remote
export class Stillborn extends Actor {
  constructor(thrown: unknown) {
    super();
    if (thrown === "custom") throw new CustomError("from the constructor", 500, {});
    if (thrown === "hostile") throw hostileError();
    throw thrown;
  }
  read(): number {
    return 1;
  }
}

// deno-lint-ignore-file no-unused-vars -- what is declared here is there for its type
// Reading refs. This file only has to compile.
import {
  Actor,
  type ActorHandle,
  get,
  getSync,
  getWithTimeout,
  type ObjectRef,
  put,
  transfer,
  wait,
  waitSync,
} from "@manta/ray";
import { expectType } from "./expect_type.ts";

class Counter extends Actor {
  add(amount: number): number {
    return amount;
  }
}
declare const counter: ActorHandle<Counter>;
declare const numbers: ObjectRef<number>[];
declare const fixed: readonly [ObjectRef<number>, ObjectRef<string>];
declare const either: ObjectRef<number> | ObjectRef<string>;
const signal = AbortSignal.timeout(1);

expectType<ObjectRef<number>>().of(put(1));
expectType<ObjectRef<{ a: string }>>().of(put({ a: "" }));
expectType<ObjectRef<ActorHandle<Counter>>>().of(put(counter));
expectType<Uint8Array<ArrayBuffer>>().of(transfer(new Uint8Array(1), []));
// @ts-expect-error Nothing in a number can be moved.
transfer(1, []);
declare const pixels: Uint8Array;
expectType<Uint8Array>().of(transfer(pixels, [pixels.buffer]));
// @ts-expect-error A view cannot be moved.
transfer(pixels, [pixels]);
// @ts-expect-error Nor can a text.
transfer(pixels, ["buffer"]);

async function reading(): Promise<void> {
  expectType<number>().of(await put(1));
  expectType<number>().of(await get(put(1)));
  expectType<number>().of(await get(counter.add.remote(1)));
  expectType<number | string>().of(await either);
  expectType<number | string>().of(await get<number | string>(either));
  expectType<number[]>().of(await get(numbers));
  expectType<[number, string]>().of(await get([put(1), put("a")]));
  expectType<[number, string]>().of(await get(fixed, { timeout: 1, signal }));
  expectType<[]>().of(await get([]));
  expectType<number[]>().of(await Promise.all(numbers));
  expectType<ActorHandle<Counter>>().of(await get(put(counter)));
  expectType<string>().of(await put(1).then((value) => value.toFixed()));
  expectType<number | undefined>().of(await put(1).then(null, () => undefined));

  expectType<number>().of(await getWithTimeout(put(1), 1));
  expectType<[number, string]>().of(await getWithTimeout([put(1), put("a")], 1, { signal }));

  const [ready, pending] = await wait(numbers, { numReturns: 2, timeout: 1, signal });
  expectType<ObjectRef<number>[]>().of(ready);
  expectType<ObjectRef<number>[]>().of(pending);
  const [mixed] = await wait([put(1), put("a")]);
  expectType<(ObjectRef<number> | ObjectRef<string>)[]>().of(mixed);
  expectType<(ObjectRef<number> | ObjectRef<string>)[]>().of((await wait(fixed))[1]);
  expectType<(number | string)[]>().of(await get(mixed));
}

expectType<number>().of(getSync(put(1)));
expectType<[number, string]>().of(getSync([put(1), put("a")], { timeout: 1 }));
expectType<number[]>().of(getSync(numbers));
expectType<ObjectRef<number>[]>().of(waitSync(numbers, { numReturns: 1, timeout: 1 })[0]);

const wide: ObjectRef<number | string> = put(1);
// @ts-expect-error It may be a string.
const narrow: ObjectRef<number> = wide;
// @ts-expect-error No ref.
get(1);
// @ts-expect-error A handle is no ref.
get(counter);
// @ts-expect-error A method that was not called.
get(counter.add);
// @ts-expect-error A promise is no ref.
get(Promise.resolve(1));
// @ts-expect-error One of them is no ref.
get([put(1), 2]);
// @ts-expect-error Refs are given as an array.
get(put(1), put(2));
// @ts-expect-error An unknown option.
get(put(1), { timeoutMs: 1 });
// @ts-expect-error Milliseconds are a number.
get(put(1), { timeout: "1s" });
// @ts-expect-error The timeout is missing.
getWithTimeout(put(1));
// @ts-expect-error The timeout is said already.
getWithTimeout(put(1), 1, { timeout: 1 });
// @ts-expect-error What blocks cannot be aborted.
getSync(put(1), { signal });
// @ts-expect-error What blocks cannot be aborted.
waitSync(numbers, { signal });
// @ts-expect-error One ref is awaited.
wait(put(1));
// @ts-expect-error An unknown option.
wait(numbers, { num_returns: 1 });

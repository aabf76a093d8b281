// @ts-self-types="./mod.d.ts"
// What Manta uses of jsr:@std/async, from npm, where a checkout gets it without JSR. Not published.
// File by file, because async/mod.js of deno-std imports files that it does not carry.
export { abortable } from "deno-std/async/abortable.js";
export { deadline } from "deno-std/async/deadline.js";
export { debounce } from "deno-std/async/debounce.js";
export { delay } from "deno-std/async/delay.js";
export { MuxAsyncIterator } from "deno-std/async/mux_async_iterator.js";
export { pooledMap } from "deno-std/async/pool.js";
export { retry, RetryError } from "deno-std/async/retry.js";
export { tee } from "deno-std/async/tee.js";

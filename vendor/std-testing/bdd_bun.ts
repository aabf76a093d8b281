// jsr:@std/testing/bdd for a checkout without JSR, on Bun. Not published.
// @ts-types="./bun_test.d.ts"
import * as bun from "bun:test";
import { type Block, type Body, type Declare, declare, DEFAULT_TIMEOUT } from "./definition.ts";

export const describe: Declare<Block> = declare(({ name, fn, only, ignore, timeout }) => {
  const own = timeout ?? inherited;
  // Bun calls it when it has called those around it to their ends.
  const block = (): void => {
    const outer = inherited;
    inherited = own;
    try {
      fn();
    } finally {
      inherited = outer;
    }
  };
  (ignore ? bun.describe.skip : only ? bun.describe.only : bun.describe)(name, block);
});

export const it: Declare<Body> = declare(({ name, fn, only, ignore, timeout = inherited }) => {
  // A body of its own: Bun takes a parameter for a `done` callback.
  (ignore ? bun.it.skip : only ? bun.it.only : bun.it)(name, () => fn(), timeout);
});

let inherited = DEFAULT_TIMEOUT;

export const test: Declare<Body> = it;
/** A hook has as long as a test of its block. */
const hook = (register: (fn: Body, timeout?: number) => void) => (fn: Body): void => register(fn, inherited);

export const beforeAll = hook(bun.beforeAll);
export const afterAll = hook(bun.afterAll);
export const beforeEach = hook(bun.beforeEach);
export const afterEach = hook(bun.afterEach);
export const before: (fn: Body) => void = beforeAll;
export const after: (fn: Body) => void = afterAll;

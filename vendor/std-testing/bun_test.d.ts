// The part of "bun:test" that bdd_bun.ts adapts.
import type { Block, Body } from "./definition.ts";

interface Register<F> {
  (name: string, fn: F, timeout?: number): void;
  only(name: string, fn: F, timeout?: number): void;
  skip(name: string, fn: F, timeout?: number): void;
}
export const describe: Register<Block>;
export const it: Register<Body>;
export function beforeAll(fn: Body, timeout?: number): void;
export function afterAll(fn: Body, timeout?: number): void;
export function beforeEach(fn: Body, timeout?: number): void;
export function afterEach(fn: Body, timeout?: number): void;

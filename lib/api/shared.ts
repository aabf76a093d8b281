/**
 * Accessors that all threads of an actor see.
 *
 * @module
 */

import { show } from "../define/show.ts";
import type { SharedField, SharedMember } from "../define/definitions.ts";
import { currentThread, definitions } from "../runtime/current.ts";
import { PlainField } from "../runtime/shared_fields.ts";

/**
 * `@shared accessor x = …`: all threads of a threaded actor see one value, while each thread has fields of its own for all the
 * rest. Numbers, booleans and 64-bit `bigint`s are read and written atomically; any other value is copied, in and out, so that
 * what was read never changes, and changes to it do not count until it is set. The value of the initializer counts once, that of the
 * thread that comes first.
 *
 * To read a value, change it and write it back in one step, as in a counter that several threads count up, use
 * {@linkcode updateShared}. Actors of one thread copy likewise; `new X()`, which is no actor, has an ordinary accessor.
 *
 * @example An actor that answers while it works
 * ```ts
 * import { Actor, remote, shared, shutdown, updateShared } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * class Crawler extends Actor {
 *   @shared accessor pages = 0;
 *   crawl(links: string[]): void {
 *     for (const _ of links) updateShared(this, "pages", (pages) => pages + 1);
 *   }
 *   count(): number {
 *     return this.pages;
 *   }
 * }
 * remote(Crawler, { maxConcurrency: 2, placement: "inline", module: import.meta.url });
 *
 * const crawler = Crawler.remote();
 * await crawler.crawl.remote(["a", "b"]);
 * assertEquals(await crawler.count.remote(), 2);
 * await shutdown();
 * ```
 *
 * @param target What the runtime passes to a decorator.
 * @param context What the runtime passes to a decorator.
 * @returns The accessor.
 * @throws {TypeError} If it is no accessor, or a static or private one, or the decorator is a legacy one.
 */
export function shared<This extends object, V>(
  target: ClassAccessorDecoratorTarget<This, V>,
  context: ClassAccessorDecoratorContext<This, V> & { static: false; private: false },
): ClassAccessorDecoratorResult<This, V> {
  const { name } = checkContext(context);
  // The accessor's own storage holds what holds the value.
  const fields = target as unknown as ClassAccessorDecoratorTarget<object, SharedField>;
  const member: SharedMember = { name, fieldOf: (instance) => fields.get.call(instance) };
  const { get: fieldOf } = fields;
  const result: ClassAccessorDecoratorResult<object, unknown> = {
    get() {
      return fieldOf.call(this).get();
    },
    set(value) {
      fieldOf.call(this).set(value);
    },
    init(value) {
      return currentThread()?.crews.fields.make(this, member, value) ?? new PlainField(name, value);
    },
  };
  definitions.addShared(result.get!, member);
  return result as ClassAccessorDecoratorResult<This, V>;
}

/**
 * Sets a shared accessor to what `update` makes of its value, while no other thread of the actor can change it. Others can
 * read it meanwhile, and see the old value.
 *
 * @example A counter
 * ```ts
 * import { shared, updateShared } from "@manta/ray";
 * import { assertEquals } from "@std/assert";
 *
 * class Counter {
 *   @shared accessor count = 1;
 *   double(): number {
 *     return updateShared(this, "count", (count) => count * 2);
 *   }
 * }
 *
 * assertEquals(new Counter().double(), 2);
 * ```
 *
 * @param self The actor itself: `this`.
 * @param name The accessor's name.
 * @param update Gets the old value, returns the new one; at once, not as a promise.
 * @returns The new value.
 * @throws {TypeError} If there is no such accessor, or `update` is no function.
 * @throws {SerializationError} If the new value cannot be shared.
 * @throws {DeadlockError} If this thread is updating it already, or waits in a circle for others that do.
 */
export function updateShared<K extends string>(
  self: { readonly [P in NoInfer<K>]: number },
  name: K,
  update: (old: number) => number,
): number;
/**
 * The same for a string.
 *
 * @param self The actor itself: `this`.
 * @param name The accessor's name.
 * @param update Gets the old value, returns the new one.
 * @returns The new value.
 */
export function updateShared<K extends string>(
  self: { readonly [P in NoInfer<K>]: string },
  name: K,
  update: (old: string) => string,
): string;
/**
 * The same for a boolean.
 *
 * @param self The actor itself: `this`.
 * @param name The accessor's name.
 * @param update Gets the old value, returns the new one.
 * @returns The new value.
 */
export function updateShared<K extends string>(
  self: { readonly [P in NoInfer<K>]: boolean },
  name: K,
  update: (old: boolean) => boolean,
): boolean;
/**
 * The same for any other value, whose type `update` says: `(list: string[]) => [...list, "more"]`.
 *
 * @param self The actor itself: `this`.
 * @param name The accessor's name.
 * @param update Gets the old value, returns the new one.
 * @returns The new value.
 */
export function updateShared<K extends string, V>(
  self: { readonly [P in NoInfer<K>]: NoInfer<V> },
  name: K,
  update: (old: V) => V,
): V;
export function updateShared(self: unknown, name: string, update: (old: never) => unknown): unknown {
  if (typeof update !== "function") {
    throw new TypeError(
      `Cannot update shared accessor ${show(name)} with ${show(update)}: expected a function`,
    );
  }
  if (typeof self !== "object" || self === null) {
    throw new TypeError(
      `Cannot update a shared accessor of ${show(self)}: expected the actor itself, "this"`,
    );
  }
  const members = definitions.sharedMembers(Object.getPrototypeOf(self));
  const member = members.findLast((member) => member.name === name);
  if (member === undefined) {
    const known = [...new Set(members.map((member) => `"${member.name}"`))].join(", ");
    throw new TypeError(
      `Cannot update ${show(name)}: its class has no such shared accessor, it has ${known || "none"}`,
    );
  }
  return member.fieldOf(self).update(update as (old: unknown) => unknown);
}

function checkContext(context: unknown): { name: string } {
  if (typeof context !== "object" || context === null || !("kind" in context)) {
    throw new TypeError(
      'Cannot use "@shared" as a legacy decorator: Manta\'s are standard (TC39) decorators, remove "experimentalDecorators" from ' +
        "the compiler options",
    );
  }
  const { kind, name, static: isStatic, private: isPrivate } = context as ClassAccessorDecoratorContext;
  const subject = `the ${kind} "${String(name)}"`;
  if (kind !== "accessor") {
    throw new TypeError(
      `Cannot use "@shared" on ${subject}: it is for accessors, write "@shared accessor ${String(name)} = …"`,
    );
  }
  if (isStatic || isPrivate || typeof name === "symbol") {
    const found = isStatic ? "static" : isPrivate ? "private" : "named by a symbol";
    throw new TypeError(
      `Cannot use "@shared" on ${subject}: it is ${found}, use an accessor of the instance with a public name`,
    );
  }
  return { name };
}

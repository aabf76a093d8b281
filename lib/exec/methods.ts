/**
 * The methods of an actor, by their numbers.
 *
 * @module
 */

import type { ClassDefinition } from "../define/class_definition.ts";

/** Methods by their numbers. */
export type Methods = readonly ((...args: unknown[]) => unknown)[];

/** What an actor has that is not constructed, or has ended. */
export const NO_METHODS: Methods = [];

const usualMethods = new WeakMap<ClassDefinition, Methods>();

/** The methods of an instance: the class's own array, unless a field of the instance stands before a method. */
export function methodsOf(definition: ClassDefinition, instance: object): Methods {
  const { methods } = definition.shape;
  const own = instance as Record<string, Methods[number]>;
  let usual = usualMethods.get(definition);
  if (usual === undefined) {
    const prototype = definition.cls.prototype as typeof own;
    usual = methods.map(({ name }) => prototype[name]);
    usualMethods.set(definition, usual);
  }
  for (let i = 0; i < usual.length; i++) {
    if (own[methods[i].name] !== usual[i]) return methods.map(({ name }) => own[name]);
  }
  return usual;
}

/** The error of a call of a method that the class has not. */
export function refuseMethod(method: number): never {
  throw new TypeError(`Cannot call method ${method}: the class has no such method`);
}

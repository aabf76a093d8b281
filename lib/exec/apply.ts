/**
 * Calling a method with an array of arguments.
 *
 * @module
 */

/** `Reflect.apply`, which costs more than the rest of a call on JavaScriptCore, for the usual numbers of arguments. */
export function apply(
  method: (...args: unknown[]) => unknown,
  self: unknown,
  args: readonly unknown[],
): unknown {
  switch (args.length) {
    case 0:
      return method.call(self);
    case 1:
      return method.call(self, args[0]);
    case 2:
      return method.call(self, args[0], args[1]);
    default:
      return Reflect.apply(method, self, args);
  }
}

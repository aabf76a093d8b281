/**
 * Python's functions, as a program calls them.
 *
 * @module
 */

import type { RemoteArgs, RemoteCallOf, SplitRefs } from "../call/actor_handle.ts";
import { requireThread } from "../runtime/current.ts";
import { TaskKind } from "../transport/ray/messages.ts";
import { checkPythonName } from "./python_class.ts";
import { CallQueue } from "./python_call.ts";
import { openLink } from "./python_link.ts";
import { type PythonSplitOptions, type PythonTaskOptions, rayOptions } from "./python_options.ts";
import { ownOptionsOf } from "./python_source.ts";

/** The calls of a function that gives a ref for each of the `N` values that it returns. */
export interface PythonSplitCall<F, N extends number> {
  /**
   * Makes the call; returns at once.
   *
   * @param args The arguments: values, or refs to them.
   * @returns A ref to each value.
   * @throws {SerializationError} If an argument cannot cross.
   */
  remote(
    ...args: F extends (...args: infer A) => unknown ? RemoteArgs<A> : never
  ): F extends (...args: never[]) => infer R ? SplitRefs<Awaited<R>, N> : never;
}

/** A Python function, as a program calls it. */
export type PythonFunction<F> = RemoteCallOf<F> & {
  /**
   * Options for one task that gives many refs.
   *
   * @param options The options, `numReturns` among them.
   * @returns The function, with these options.
   */
  options<const N extends number>(options: PythonTaskOptions & PythonSplitOptions<N>): PythonSplitCall<F, N>;
  /**
   * Options for one task.
   *
   * @param options The options; those not given are the function's.
   * @returns The function, with these options.
   * @throws {TypeError} If an option is unknown.
   */
  options(options: PythonTaskOptions): RemoteCallOf<F>;
};

/**
 * A function of Python's, which runs as a task on the Ray cluster of `init({ address })`. The nodes must find the module: it is
 * installed there, or travels with `init({ runtimeEnv })`. The function may be decorated with `@ray.remote` or not.
 *
 * @example A function of the standard library
 * ```ts ignore
 * import { init } from "@manta/ray";
 * import { pythonFunction } from "@manta/ray/ray";
 *
 * const quantiles = pythonFunction<(data: number[]) => number[]>("statistics", "quantiles");
 *
 * await init({ address: "ray://127.0.0.1:10001" });
 * console.log(await quantiles.remote([1, 2, 3, 4]));
 * ```
 *
 * @typeParam F The function's type. A last parameter of type `Kwargs` is for arguments by name.
 * @param module The module's name, as Python imports it.
 * @param name The function's name there.
 * @param options Options of all of its tasks.
 * @returns What makes tasks.
 * @throws {TypeError} If a name is no text, or an option is unknown.
 */
export function pythonFunction<F extends (...args: never[]) => unknown>(
  module: string,
  name: string,
  options: PythonTaskOptions = {},
): PythonFunction<F> {
  checkPythonName("function", module, name);
  const subject = `Python's function "${module}.${name}"`;
  const caller = (said: Record<string, unknown>, { signal, name: taskName = name }: PythonTaskOptions) => ({
    remote: (...args: unknown[]): object => {
      const verb = `call ${subject}`;
      const link = openLink(requireThread(verb), verb);
      const plan = {
        taskName,
        task: { kind: TaskKind.function },
        target: link.definitions.of(module, name),
        options: said,
        ownOptions: ownOptionsOf(module, name),
        signal,
        queue: new CallQueue(),
      };
      return link.call(plan, args);
    },
  });
  const usual = rayOptions("function", subject, options);
  return {
    ...caller(usual, options),
    options: (more: PythonTaskOptions) =>
      caller({ ...usual, ...rayOptions("function", subject, more) }, { ...options, ...more }),
  } as unknown as PythonFunction<F>;
}

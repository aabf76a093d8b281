/**
 * Python's classes, as a program makes actors of them.
 *
 * @module
 */

import type { ActorHandle, RemoteArgs } from "../call/actor_handle.ts";
import { show } from "../define/show.ts";
import { requireThread } from "../runtime/current.ts";
import { openLink } from "./python_link.ts";
import { type PythonActorOptions, rayOptions } from "./python_options.ts";
import { ownOptionsOf } from "./python_source.ts";

/** A Python class whose options are said: ready to make actors. */
export interface PythonActorMaker<T, A extends readonly unknown[]> {
  /**
   * Makes an actor on the cluster; returns at once.
   *
   * @param args The constructor's arguments: values, or refs to them.
   * @returns The actor's handle.
   * @throws {SerializationError} If an argument cannot cross.
   */
  remote(...args: RemoteArgs<A>): ActorHandle<T>;
}

/** A Python class, as a program makes actors of it. */
export interface PythonClass<T, A extends readonly unknown[]> extends PythonActorMaker<T, A> {
  /**
   * Options for one actor.
   *
   * @param options The options; those not given are the class's.
   * @returns The class, with these options.
   * @throws {TypeError} If an option is unknown.
   */
  options(options: PythonActorOptions): PythonActorMaker<T, A>;
}

/**
 * A class of Python's, of which actors are made on the Ray cluster of `init({ address })`. The nodes must find the module: it is
 * installed there, or travels with `init({ runtimeEnv })`. The class may be decorated with `@ray.remote` or not.
 *
 * Its methods are what `T` says; nothing checks that Python has them. A last parameter of type `Kwargs` is for arguments by name.
 *
 * @example A class that batches
 * ```ts ignore
 * import { init } from "@manta/ray";
 * import { type Kwargs, kwargs, pythonActor } from "@manta/ray/ray";
 *
 * interface Model {
 *   predict(batch: Float32Array, named: Kwargs<{ temperature: number }>): Float32Array;
 * }
 * const Model = pythonActor<Model, [name: string]>("models.small", "Model");
 *
 * await init({ address: "ray://127.0.0.1:10001" });
 * const model = Model.options({ numGpus: 1 }).remote("base");
 * await model.predict.remote(new Float32Array([1, 2]), kwargs({ temperature: 0.5 }));
 * ```
 *
 * @typeParam T The methods, as an interface or class.
 * @typeParam A The parameters of the constructor; any unless given.
 * @param module The module's name, as Python imports it.
 * @param name The class's name there.
 * @param options Options of all of its actors.
 * @returns What makes actors.
 * @throws {TypeError} If a name is no text, or an option is unknown.
 */
export function pythonActor<T, A extends readonly unknown[] = readonly unknown[]>(
  module: string,
  name: string,
  options: PythonActorOptions = {},
): PythonClass<T, A> {
  checkPythonName("class", module, name);
  const subject = `Python's class "${module}.${name}"`;
  const maker = (said: Record<string, unknown>): PythonActorMaker<T, A> => ({
    remote: (...args) => {
      const verb = `make an actor of ${subject}`;
      const link = openLink(requireThread(verb), verb);
      const cls = link.definitions.of(module, name);
      const ownOptions = ownOptionsOf(module, name);
      return link.actors.make({ name, cls, ownOptions, options: said }, args) as ActorHandle<T>;
    },
  });
  const usual = rayOptions("actor", subject, options);
  return {
    ...maker(usual),
    options: (more) => maker({ ...usual, ...rayOptions("actor", subject, more) }),
  };
}

/** Refuses names that are none. @internal */
export function checkPythonName(kind: string, module: unknown, name: unknown): void {
  for (const [what, value] of [["module", module], [kind, name]]) {
    if (typeof value === "string" && /^[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*$/u.test(value)) {
      continue;
    }
    throw new TypeError(
      `Cannot use ${
        show(value)
      } as the name of a Python ${what}: expected a name as Python has them, such as ` +
        `"package.module"`,
    );
  }
}

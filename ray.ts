/**
 * Python's actors and functions on a Ray cluster. The cluster is that of `init({ address: "ray://host:10001" })`, or of the
 * environment variable `RAY_ADDRESS`.
 *
 * ```ts ignore
 * import { get, init, shutdown } from "@manta/ray";
 * import { pythonActor, pythonFunction } from "@manta/ray/ray";
 *
 * interface Counter {
 *   increment(by: number): number;
 * }
 * const Counter = pythonActor<Counter, [start: number]>("counters", "Counter");
 * const mean = pythonFunction<(data: number[]) => number>("statistics", "mean");
 *
 * await init({ address: "ray://127.0.0.1:10001", runtimeEnv: { py_modules: ["s3://bucket/counters.zip"] } });
 * const counter = Counter.options({ name: "counter" }).remote(10);
 * console.log(await counter.increment.remote(5)); // 15
 * console.log(await mean.remote([1, 2, 3]));
 * await shutdown();
 * ```
 *
 * @module
 */

export { ClusterConnectionError } from "./lib/base/cluster_errors.ts";
export { Kwargs, kwargs } from "./lib/cluster/kwargs.ts";
export { pythonActor, type PythonActorMaker, type PythonClass } from "./lib/cluster/python_class.ts";
export { type PythonFunction, pythonFunction, type PythonSplitCall } from "./lib/cluster/python_function.ts";
export type {
  PythonActorOptions,
  PythonCallOptions,
  PythonResources,
  PythonSplitOptions,
  PythonTaskOptions,
} from "./lib/cluster/python_options.ts";
export type { ClusterOptions, SchedulingStrategy } from "./lib/define/cluster_options.ts";
export { type NumberArray, NumpyArray } from "./lib/transport/ray/numpy_array.ts";
export { PythonGlobal, PythonObject, PythonTuple } from "./lib/transport/ray/python_values.ts";

/**
 * The Python actor that starts a process of a program's on its node, and speaks to it.
 *
 * @module
 */

import type { ClassShape } from "../define/class_definition.ts";
import { LAUNCH_SOURCE } from "./launch_source.ts";
import { MAKES_SOURCE } from "./makes_source.ts";
import { OTHERS_SOURCE } from "./others_source.ts";
import { PROCESS_SOURCE } from "./process_source.ts";
import { SESSION_SOURCE } from "./session_source.ts";
import { fromSource, type PythonObject } from "../transport/ray/python_values.ts";

/** The host itself: its other methods are those of the actor's class. */
const SOURCE = `
class MantaHost:
    def __init__(self, spec, program):
        self._manta = Process(spec, program)

    async def manta_about(self):
        return self._manta.spec["about"]

    async def manta_exchange(self, key, number, data, heard, is_again, guests={}, asker=None):
        return await self._manta.exchange(key, number, data, heard, is_again, guests, asker)

    async def manta_watch(self):
        await self._manta.gone.wait()

    async def manta_leave(self, key):
        await self._manta.leave(key)

def value_method(name):
    async def method(self, *args):
        async for _, value in self._manta.call(name, args):
            return value
    return method

def stream_method(name):
    async def method(self, *args):
        async for kind, value in self._manta.call(name, args):
            if kind == ITEM:
                yield value
    return method

def host_class(name, methods):
    made = {}
    for method, is_stream in methods:
        made[method] = (stream_method if is_stream else value_method)(method)
        made[method].__name__ = method
        made[method].__qualname__ = f"{name}.{method}"
    return type(name, (MantaHost,), {**made, "__module__": __name__})
`;

/** The host's class for actors of a class, with its methods, as a value that the server makes. @internal */
export function hostClass({ name, methods }: Pick<ClassShape, "name" | "methods">): PythonObject {
  const table = methods.map(({ name, isGenerator }) => [name, isGenerator]);
  const made = `Host = host_class(${JSON.stringify(name)}, json.loads(${
    JSON.stringify(JSON.stringify(table))
  }))`;
  return fromSource(
    `${LAUNCH_SOURCE}${SESSION_SOURCE}${PROCESS_SOURCE}${OTHERS_SOURCE}${MAKES_SOURCE}${SOURCE}\n${made}\n`,
    "Host",
    "manta_host",
  );
}

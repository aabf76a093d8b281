/**
 * How Python finds a class or a function of a module.
 *
 * @module
 */

import { fromSource, PythonObject } from "../transport/ray/python_values.ts";

/** What `@ray.remote` has made of a class or a function is undone: the server does it again, with the options of the call. */
const SOURCE = `
def found(module, name):
    import importlib
    value = importlib.import_module(module)
    for part in name.split("."):
        value = getattr(value, part)
    return value

def find(module, name):
    value = found(module, name)
    made = getattr(value, "__ray_metadata__", None)
    if made is not None:
        return made.modified_class
    return getattr(value, "_function", value)

def options(module, name):
    value = found(module, name)
    return dict(getattr(value, "_default_options", None) or {})
`;
const MODULE = "manta_python_source";

/** A class or function, as a value that the server makes. @internal */
export function sourceOf(module: string, name: string): PythonObject {
  return new PythonObject(fromSource(SOURCE, "find", MODULE), [module, name]);
}

/** The options that its module gives it by `@ray.remote(...)`, as a value that the server makes. @internal */
export function ownOptionsOf(module: string, name: string): PythonObject {
  return new PythonObject(fromSource(SOURCE, "options", MODULE), [module, name]);
}

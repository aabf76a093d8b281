/**
 * What a value can say to Python beside data: names of its modules, and calls that the server makes while it reads.
 *
 * @module
 */

/** What a module of Python's calls by a name: `new PythonGlobal("collections", "OrderedDict")`. */
export class PythonGlobal {
  /** The module. */
  readonly module: string;
  /** The name in it, dotted for what is inside a class. */
  readonly name: string;

  /**
   * @param module The module.
   * @param name The name in it.
   */
  constructor(module: string, name: string) {
    this.module = module;
    this.name = name;
  }
}

/**
 * An object that only Python could make: what to call for it, and with what. Read from Python, it is data, and nothing is called;
 * written to Python, the reader there makes the call.
 */
export class PythonCall {
  /** What is called: a `PythonGlobal`, or another call's result. */
  readonly callable: unknown;
  /** With what. */
  readonly args: readonly unknown[];

  /**
   * @param callable What is called.
   * @param args With what.
   */
  constructor(callable: unknown, args: readonly unknown[]) {
    this.callable = callable;
    this.args = args;
  }
}

/**
 * What a name is after a text of Python's was run, as a value to `put`: a class or a function. Python pickles it by value, so the
 * workers need no module of this name.
 *
 * @param source The text.
 * @param name The name that it binds.
 * @param module What the text's `__name__` is. MUST NOT be one that can be imported.
 * @returns A value for `put`.
 */
export function fromSource(source: string, name: string, module: string = "manta_source"): PythonCall {
  const getItem = new PythonGlobal("operator", "getitem");
  const scope = new Map<string, unknown>([["__name__", module]]);
  const run = new PythonCall(new PythonGlobal("builtins", "exec"), [source, scope]);
  return new PythonCall(getItem, [new PythonCall(getItem, [[run, scope], 1]), name]);
}

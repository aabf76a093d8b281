/**
 * What stands for the values of Python's that JavaScript has no word for. They are data: nothing of them is ever executed here.
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
   * Names what a module has.
   *
   * @param module The module.
   * @param name The name in it.
   */
  constructor(module: string, name: string) {
    this.module = module;
    this.name = name;
  }

  /** The name as Python writes it. */
  toString(): string {
    return this.module === "builtins" ? this.name : `${this.module}.${this.name}`;
  }
}

/** Whether a value is a certain name of a certain module of Python's. */
export function isGlobal(value: unknown, module: string, name: string): boolean {
  return value instanceof PythonGlobal && value.name === name && value.module === module;
}

/**
 * An object that only Python can make: what to call for it, with what, and what it holds. Read from Python, it is a description and
 * nothing is called; written to Python, the reader there makes the object.
 */
export class PythonObject {
  /** What is called: a `PythonGlobal`, or another object. */
  readonly callable: unknown;
  /** With what. */
  args: readonly unknown[];
  /** With what, by name. */
  kwargs: unknown = undefined;
  /** True if `callable` is a class whose `__new__` is called, false if it is called itself. */
  readonly isNew: boolean;
  /** What it is given afterwards (`__setstate__`, or its fields); `undefined` if nothing. */
  state: unknown = undefined;
  /** What is appended to it afterwards, if it is a list. */
  items: unknown[] | undefined = undefined;
  /** What is set in it afterwards, if it is a dict. */
  entries: [unknown, unknown][] | undefined = undefined;

  /**
   * Describes an object.
   *
   * @param callable What is called.
   * @param args With what.
   * @param isNew Whether `callable.__new__` is meant.
   */
  constructor(callable: unknown, args: readonly unknown[] = [], isNew: boolean = false) {
    this.callable = callable;
    this.args = args;
    this.isNew = isNew;
  }

  /** What it is, for messages. */
  toString(): string {
    return `<Python object of ${this.callable}>`;
  }
}

/** A tuple of Python's, to be written. A tuple that is read is an array. */
export class PythonTuple {
  /** What it holds. */
  readonly items: readonly unknown[];

  /**
   * Marks an array to be written as a tuple.
   *
   * @param items What it holds.
   */
  constructor(items: readonly unknown[]) {
    this.items = items;
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
export function fromSource(source: string, name: string, module: string = "manta_source"): PythonObject {
  const getItem = new PythonGlobal("operator", "getitem");
  const scope = { __name__: module };
  const run = new PythonObject(new PythonGlobal("builtins", "exec"), [source, scope]);
  return new PythonObject(getItem, [new PythonObject(getItem, [new PythonTuple([run, scope]), 1]), name]);
}

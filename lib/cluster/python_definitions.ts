/**
 * The classes and functions of Python's that a program uses: each is put on the cluster once.
 *
 * @module
 */

import { RayError } from "../base/errors.ts";
import { sourceOf } from "./python_source.ts";
import { Ticket } from "./ticket.ts";

/** What a link has put. @internal */
export class PythonDefinitions {
  readonly #put: (value: unknown, ticket: Ticket) => void;
  readonly #tickets = new Map<string, Ticket>();

  /** @param put Puts a value on the cluster. */
  constructor(put: (value: unknown, ticket: Ticket) => void) {
    this.#put = put;
  }

  /** A class or function of a module, on the cluster. */
  of(module: string, name: string): Ticket {
    const key = `${module} ${name}`;
    const known = this.#tickets.get(key);
    if (known !== undefined) return known;
    const [put, ticket] = [new Ticket(), new Ticket()];
    this.#put(sourceOf(module, name), put);
    this.#tickets.set(key, ticket);
    put.when(() => {
      if (put.id !== undefined) return ticket.settle(put.id);
      // What is missing may be there the next time.
      this.#tickets.delete(key);
      ticket.fail(notFound(module, name, put.error!));
    });
    return ticket;
  }
}

function notFound(module: string, name: string, cause: Error): Error {
  const said = /^Cannot put a value: ((?:ModuleNotFound|Attribute|Import)Error: .*)$/s.exec(cause.message)
    ?.[1];
  if (said === undefined) return cause;
  return new RayError(
    `Cannot find "${name}" of Python's module "${module}" on the cluster (${said}): install it on the nodes, or send it ` +
      `with init({ runtimeEnv: { pip: […], working_dir: "…" } })`,
    { cause },
  );
}

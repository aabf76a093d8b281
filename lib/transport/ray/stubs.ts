/**
 * How refs and handles stand in pickles: as persistent ids, which both sides know by Ray's `PickleStub`.
 *
 * @module
 */

import { unreadable } from "./pickle_input.ts";
import { isGlobal, PythonGlobal, PythonObject, PythonTuple } from "./python_values.ts";
import { ActorRef, ObjectRefId } from "./remote_refs.ts";

const RECONSTRUCTOR = new PythonGlobal("copyreg", "_reconstructor");
const STUB = new PythonGlobal("ray.util.client.client_pickler", "PickleStub");
const TUPLE = new PythonGlobal("builtins", "tuple");

/** What stands for a ref or a handle of a client's; `undefined` for any other value. */
export function stubOf(value: object, clientId: string): PythonObject | undefined {
  const kind = value instanceof ObjectRefId ? "Object" : value instanceof ActorRef ? "Actor" : undefined;
  if (kind === undefined) return undefined;
  const { id } = value as ObjectRefId | ActorRef;
  return new PythonObject(RECONSTRUCTOR, [STUB, TUPLE, new PythonTuple([kind, clientId, id, null, null])]);
}

/** What a stub stands for. */
export function readStub(
  stub: unknown,
  make: { object: (id: Uint8Array) => ObjectRefId; actor: (id: Uint8Array) => ActorRef },
): ObjectRefId | ActorRef {
  const content = stub instanceof PythonObject && isGlobal(stub.args[0], STUB.module, STUB.name)
    ? stub.args[2]
    : undefined;
  if (Array.isArray(content) && content[2] instanceof Uint8Array) {
    if (content[0] === "Object") return make.object(content[2]);
    if (content[0] === "Actor") return make.actor(content[2]);
  }
  throw unreadable("it has a persistent id of an unknown kind");
}

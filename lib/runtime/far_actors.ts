/**
 * Actors of a program that is on a Ray cluster, and are there: in processes of their own, which Python actors start on the nodes.
 *
 * @module
 */

import type { ClassDefinition } from "../define/class_definition.ts";
import type { ActorOptions } from "../define/options.ts";
import { commandFor, foldersOfProgram, refuseOutside } from "./far_program.ts";
import type { FarHost } from "./far_host.ts";
import { gatewayOf, gatewayShape } from "./gateway.ts";
import type { Thread } from "./thread.ts";

/** The process that a new actor is to have on the cluster. Throws `RangeError` for one that cannot be there. */
export function farHostFor(
  thread: Thread,
  { module, shape }: ClassDefinition,
  options: ActorOptions,
  threads: number,
): FarHost {
  const where = `on the Ray cluster at "${thread.cluster!.address}"`;
  if (threads > 1) {
    throw new RangeError(
      `Cannot make an actor of class "${shape.name}" with "maxConcurrency" ${threads} ${where}: it has no async method, and ` +
        `threaded actors run on threads of this process, use placement "thread"`,
    );
  }
  if (options.lifetime === "detached") {
    throw new RangeError(
      `Cannot make a detached actor of class "${shape.name}" ${where}: actors of TypeScript end there with their program, use ` +
        `placement "thread" for one that lives as long as this program`,
    );
  }
  const folders = foldersOfProgram();
  refuseOutside(folders, module, `make an actor of class "${shape.name}" ${where}`);
  const gateway = gatewayOf(thread);
  gateway.require();
  thread.tasks.makeRoom();
  const { numCpus = 0, resources } = options;
  const said = { num_cpus: numCpus, ...(resources !== undefined && { resources }) };
  return {
    gateway: gateway.address,
    shape: gatewayShape,
    wish: { name: shape.name, options: said, command: commandFor(folders), folders },
  };
}

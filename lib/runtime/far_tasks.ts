/**
 * Remote functions of a program that is on a Ray cluster: they run on its nodes.
 *
 * @module
 */

import { CPU, type Demand, UNITS } from "../define/demand.ts";
import type { FunctionDefinition } from "../define/definitions.ts";
import { commandFor, foldersOfProgram, refuseOutside } from "./far_program.ts";
import type { FarHost } from "./far_host.ts";
import type { FarWorkerSource } from "./far_task_pool.ts";
import { gatewayOf, gatewayShape } from "./gateway.ts";
import type { Thread } from "./thread.ts";

/** Throws for a function that cannot run there: `RangeError`, or `ClusterConnectionError`. */
export function refuseFarTask(thread: Thread, { name, module }: FunctionDefinition): void {
  const verb = `run function "${name}" on the Ray cluster at "${thread.cluster!.address}"`;
  refuseOutside(foldersOfProgram(), module, verb);
  gatewayOf(thread).require();
}

/** Starts processes for functions on the nodes. */
export function farWorkers(thread: Thread): FarWorkerSource {
  return {
    start: (demand) => {
      const worker = thread.children.make("", { isBridge: true, far: farHost(thread, demand) });
      worker.start();
      return worker.link;
    },
    end: (worker) => thread.board.markDead(worker.peer, { ending: "shut down", text: "" }),
    totals: (told) => gatewayOf(thread).totals(told),
  };
}

function farHost(thread: Thread, { amounts, cluster }: Demand): FarHost {
  const folders = foldersOfProgram();
  const named = amounts.filter(([name]) => name !== CPU).map(([name, units]) => [name, units / UNITS]);
  const numCpus = (amounts.find(([name]) => name === CPU)?.[1] ?? 0) / UNITS;
  const resources = named.length === 0 ? undefined : Object.fromEntries(named);
  const options = { numCpus, resources, ...cluster };
  // It has no actor.
  const shape = { name: "functions", key: "functions", methods: [], groups: [] };
  const about = { settings: { maxConcurrency: 1, isSerial: true } };
  return {
    gateway: gatewayOf(thread).address,
    shape: gatewayShape,
    wish: { shape, about, options, getIfExists: false, command: commandFor(folders), folders },
  };
}

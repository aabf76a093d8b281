import { callMany } from "../../rows/calling.ts";
import { jobs } from "../../rows/jobs.ts";
import type { Comlink } from "../comlink.ts";
import type { PairWorker } from "../comlink_pair.ts";
import { load } from "../load.ts";

const { expose, wrap } = await load<Comlink>("comlink");
let callee: { same(value: number): Promise<number> };

expose(
  {
    serve: (port) => expose(jobs, port),
    run: (port, calls, window) => {
      if (port !== undefined) callee = wrap(port);
      return callMany(calls, window, (value) => callee.same(value));
    },
  } satisfies PairWorker,
);
(globalThis as unknown as { postMessage(message: string): void }).postMessage("ready");

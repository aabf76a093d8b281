import { jobs } from "../../rows/jobs.ts";
import { load } from "../load.ts";

interface Workerpool {
  worker(functions: object): void;
  Transfer: new (value: unknown, moved: unknown[]) => object;
}

const { default: workerpool } = await load<{ default: Workerpool }>("workerpool");

workerpool.worker({
  ...jobs,
  move: (bytes: Uint8Array) => new workerpool.Transfer(bytes, [bytes.buffer]),
});

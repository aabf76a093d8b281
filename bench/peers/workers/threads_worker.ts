import { jobs } from "../../rows/jobs.ts";
import { load } from "../load.ts";

const { Transfer } = await load<
  { Transfer(value: unknown, moved: unknown[]): unknown }
>("threads");
const { expose } = await load<{ expose(functions: object): void }>("threads/worker");

expose({
  ...jobs,
  move: (bytes: Uint8Array) => Transfer(bytes, [bytes.buffer]),
});

import { jobs } from "../../rows/jobs.ts";
import { load } from "../load.ts";

const { runAsWorker } = await load<
  { runAsWorker(run: (value: unknown) => unknown): void }
>("synckit");

runAsWorker(jobs.same);

import { jobs } from "../../rows/jobs.ts";
import { load } from "../load.ts";

type Functions = Record<string, (value: never) => unknown>;

const { ThreadWorker } = await load<
  { ThreadWorker: new (functions: Functions) => object }
>("poolifier");

export default new ThreadWorker({ ...jobs, move: jobs.same });

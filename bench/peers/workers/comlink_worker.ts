import { exposeJobs } from "../comlink.ts";

await exposeJobs();
(globalThis as unknown as { postMessage(message: string): void }).postMessage("ready");

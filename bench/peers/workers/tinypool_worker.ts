import { jobs } from "../../rows/jobs.ts";
import { load } from "../load.ts";

const { Tinypool } = await load<{ Tinypool: { move<T>(bytes: T): T } }>("tinypool");

export const { same, count, ends, spin } = jobs;
export const move = (bytes: Uint8Array): Uint8Array => Tinypool.move(bytes);

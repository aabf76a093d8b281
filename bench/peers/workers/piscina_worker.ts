import { jobs } from "../../rows/jobs.ts";
import { load } from "../load.ts";

const { Piscina } = await load<{ Piscina: { move<T>(bytes: T): T } }>("piscina");

export const { same, count, ends, spin } = jobs;
export const move = (bytes: Uint8Array): Uint8Array => Piscina.move(bytes);

/** Uses classes of a module that has no guard; this one has none either, and declares nothing. */

import { shutdown } from "@manta/ray";
import { Declared, prepared } from "./guard_less_module.ts";

console.log(await Declared.remote().ping.remote(), prepared);
await shutdown();

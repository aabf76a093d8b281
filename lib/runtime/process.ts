/**
 * Where child processes begin. Nobody imports this module; it is run, with what to connect to and what its ids begin with as
 * arguments. Whoever started it may be any program that speaks frames over that stream.
 *
 * @module
 */

import { process } from "../base/platform.ts";
import { runProcess } from "./process_main.ts";

const [connection = "", place = ""] = process.argv.slice(2);
runProcess(connection, place);

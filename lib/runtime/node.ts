/**
 * Where processes on the nodes of a cluster begin. Nobody imports this module; the hosts there run it.
 *
 * @module
 */

import { process } from "../base/platform.ts";
import { runNode } from "./node_main.ts";

const [connection = "", place = "", setup = ""] = process.argv.slice(2);
runNode(connection, place, setup);

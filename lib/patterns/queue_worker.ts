/**
 * What the thread of a queue loads. Nobody imports this module: in other threads a class that is not loaded is an error.
 *
 * @module
 */

import { PRIMARY } from "../runtime/creation.ts";
import { currentThread, definitions } from "../runtime/current.ts";
import "./queue_actor.ts";

const thread = currentThread();
const actor = thread?.host.find(PRIMARY);
// Only in a thread that the queue does not share with code of the program's.
if (actor !== undefined && thread!.host.isPrimary(actor)) definitions.passesOn = true;
// Elsewhere it must know what it is handed, and that may be another queue.
else await import("./item_queue.ts");

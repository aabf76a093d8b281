/**
 * A child process's life: its first thread makes the actor, on a thread of its own, and passes on what comes over the stream.
 *
 * Whoever can start a program and pass bytes can start it: a bridge (bridge.ts) does on this machine, a program in another
 * language may on another one. It knows nothing of who did. Its protocol:
 *
 * - _Start:_ `process.ts <connection> <place>`. `connection` is `fd:N` (a socket, read and written), `fd:R,W` (two pipes, R
 *   is read and W written), or `stdio`, the same as `fd:0,1`; there, what the program prints to its stdout goes to its stderr, as
 *   far as it does so by `console`, `process.stdout` or `Deno.stdout`. Other descriptors leave stdin, stdout and stderr to
 *   the program. `place` is what its ids begin with: no two processes of a program may have the same one (a bridge's is the
 *   number of its thread, in hexadecimal, and a dot), at most 88 characters of ASCII.
 * - _The stream_ carries frames in both directions, one behind the other (wire/frames.ts): two words of 32 bits, length of
 *   the body in bytes and kind, then the body, padded to whole words; in the byte order of the machine, which is little-endian wherever
 *   this runs. Each side may write at once. Nothing goes beside the bytes. Bytes may be cut and joined anywhere.
 * - _First_ comes a `createBeyond` to the process: its one actor, which has number 1 there. Calls to it may follow at once. From
 *   then on, either side calls the actors that the other side has named, and fetches refs (membrane.ts). A process that is to run
 *   functions has no such actor: a `task` comes for each.
 * - _The end:_ when the actor has ended, the process says so once (`processEnded`), and waits to be ended. It ends, with
 *   all of its threads, when its input does, or its output cannot be written any more: a frame that is cut there is forgotten.
 *   Whoever started it may kill it at any moment. A process that ends without `processEnded` has crashed.
 * - _Many at once:_ with `many:` before the connection, the stream carries several such streams, of programs that come and go, and
 *   calls of those who know no frames (sessions.ts).
 *
 * @module
 */

import { beginThread } from "./current.ts";
import { openDescriptors, readConnection, STDOUT } from "./descriptors.ts";
import { divertOutput } from "./diverted_output.ts";
import { endProcess, ProcessActor, ProcessSide } from "./process_side.ts";
import { Sessions } from "./sessions.ts";

/** Runs the process until the stream ends. */
export function runProcess(connection: string, place: string): void {
  const isForMany = connection.startsWith("many:");
  const ends = readConnection(isForMany ? connection.slice("many:".length) : connection);
  const thread = beginThread({ place });
  if (ends.output === STDOUT) divertOutput(thread.board);
  const actor = new ProcessActor(thread);
  const side = isForMany ? new Sessions(thread, actor) : new ProcessSide(thread, actor);
  side.open(openDescriptors(ends, (bytes) => side.received(bytes), endProcess));
}

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
 *   number of its thread, in hexadecimal, and a dot), at most 92 characters of ASCII.
 * - _The stream_ carries frames in both directions, one behind the other (wire/frames.ts): two words of 32 bits, length of
 *   the body in bytes and kind, then the body, padded to whole words; in the byte order of the machine, which is little-endian wherever
 *   this runs. Each side may write at once. Nothing goes beside the bytes. Bytes may be cut and joined anywhere.
 * - _First_ comes a `createBeyond` to the process: its one actor, which has number 1 there. Calls to it may follow at once. From
 *   then on, either side calls the actors that the other side has named, and fetches refs (membrane.ts). A process that is to run
 *   functions has no such actor: a `task` comes for each.
 * - _The end:_ when the actor has ended, the process says so once (`processEnded`), and waits to be ended. It ends, with
 *   all of its threads, when its input does, or its output cannot be written any more: a frame that is cut there is forgotten.
 *   Whoever started it may kill it at any moment. A process that ends without `processEnded` has crashed.
 *
 * @module
 */

import { deno, process } from "../base/platform.ts";
import { ownerOf } from "../call/handle.ts";
import type { Ref } from "../objects/ref.ts";
import type { EventNote } from "../observe/event_note.ts";
import type { ActorCell } from "../supervise/actor_cell.ts";
import type { PeerLink } from "../transport/peer.ts";
import { type DeathNote, endings } from "../transport/thread_address.ts";
import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";
import { Frame } from "../wire/frames.ts";
import type { Reader } from "../wire/reader.ts";
import { createOnThread } from "./thread_actors.ts";
import { PRIMARY } from "./creation.ts";
import { readCreateBeyond } from "./beyond.ts";
import { beginThread } from "./current.ts";
import type { PassTask } from "./forward_tasks.ts";
import { Membrane } from "./membrane.ts";
import { openDescriptors, readConnection, STDOUT } from "./descriptors.ts";
import { divertOutput } from "./diverted_output.ts";
import type { Thread } from "./thread.ts";

/** Runs the process until the stream ends. */
export function runProcess(connection: string, place: string): void {
  const ends = readConnection(connection);
  const thread = beginThread({ place });
  if (ends.output === STDOUT) divertOutput(thread.board);
  const side = new ProcessSide(thread);
  thread.membrane = side;
  side.open(openDescriptors(ends, (bytes) => side.received(bytes), () => side.end()));
}

/** The process's side of the border. */
class ProcessSide extends Membrane {
  constructor(thread: Thread) {
    super(thread);
    thread.observation.recorder.onNote = (note) => this.#tell(note);
  }

  /** Something has happened in the process. */
  #tell(note: EventNote): void {
    if (this.link.isClosed) return;
    this.link.open(Frame.events);
    this.thread.values.finishOne(this.link, "events", [note]);
  }

  /** {@inheritDoc Membrane.task} */
  protected override task(task: Parameters<PassTask>[0]): Ref {
    return this.thread.tasks.take(task);
  }

  /** {@inheritDoc Membrane.create} */
  override create(link: PeerLink, reader: Reader, items: readonly unknown[]): void {
    if (link !== this.link) throw new CorruptFrameError("a thread that wants an actor of its process");
    const { thread } = this;
    const { id, module, shape, settings, namespace, restarts } = readCreateBeyond(reader);
    // Before there is another thread, which would not hear of it.
    thread.names.table.setNamespace(namespace);
    // Before the handles among its arguments, which get the next numbers.
    const forwarder = this.forwarder(id, PRIMARY);
    const args = thread.values.readArgs(link, reader, items);
    const handle = createOnThread(
      thread,
      { module, shape },
      settings,
      args,
      { id, isBridge: false, restarts },
    );
    const cell = ownerOf(handle) as ActorCell;
    cell.onBroken = [...cell.onBroken, () => this.#announce(cell)];
    this.connect(forwarder, cell);
  }

  /** The actor has ended: whoever started the process ends it. */
  #announce({ deathError, address }: ActorCell): void {
    const { thread } = this;
    const hasCause = deathError?.cause !== undefined;
    const text = deathError?.message.replace(/^.*? has died, /s, "") ?? "";
    // One that ends gracefully says so before its thread does.
    const note: DeathNote = hasCause
      ? { ending: "not made", text }
      : thread.board.isAlive(address.thread)
      ? { ending: "ended", text }
      : thread.board.deathNote(address.thread);
    const out = this.link.open(Frame.processEnded);
    out.u8(endings.indexOf(note.ending));
    out.string(note.text);
    out.u8(hasCause ? 1 : 0);
    if (hasCause) thread.values.finishThrown(this.link, deathError);
    else this.link.seal();
  }

  /** {@inheritDoc Membrane.ready} */
  override ready(link: PeerLink): void {
    if (link === this.link) throw new CorruptFrameError("word of an actor that lives elsewhere");
    this.link.open(Frame.actorReady).u32(PRIMARY);
    this.link.seal();
  }

  /** {@inheritDoc Membrane.ended} */
  override ended(): void {
    throw new CorruptFrameError("the end of no process");
  }

  /** Ends the process, and all of its threads with it. */
  override end(): void {
    if (deno !== undefined) deno.exit(0);
    // On Bun, exit() waits for threads that do not rest.
    process.reallyExit(0);
  }
}

/**
 * A child process's life: its first thread makes the actor, on a thread of its own, and passes on what comes over the stream.
 *
 * @module
 */

import { deno, fileSystem, network, process } from "../base/platform.ts";
import { ownerOf } from "../call/handle.ts";
import type { EventNote } from "../observe/event_note.ts";
import type { ActorCell } from "../supervise/actor_cell.ts";
import type { ByteStream } from "../transport/byte_stream.ts";
import type { PeerLink } from "../transport/peer.ts";
import { type DeathNote, endings } from "../transport/thread_address.ts";
import { CorruptFrameError } from "../wire/corrupt_frame_error.ts";
import { Frame } from "../wire/frames.ts";
import type { Reader } from "../wire/reader.ts";
import { createOnThread } from "./actors.ts";
import { PRIMARY } from "./creation.ts";
import { readCreateBeyond } from "./beyond.ts";
import { beginThread } from "./current.ts";
import { Membrane } from "./membrane.ts";
import type { Thread } from "./thread.ts";

/** Runs the process until the stream ends. */
export function runProcess(connection: string, place: string): void {
  const descriptor = /^fd:(\d+)$/.exec(connection)?.[1];
  if (descriptor === undefined) {
    throw new TypeError(
      `Cannot start: ${JSON.stringify(connection)} is nothing to connect to, give "fd:" and a number`,
    );
  }
  const thread = beginThread({ place });
  const side = new ProcessSide(thread);
  thread.membrane = side;
  side.open(openDescriptor(Number(descriptor), (bytes) => side.received(bytes), () => side.end()));
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

  /** {@inheritDoc Membrane.create} */
  override create(link: PeerLink, reader: Reader, items: readonly unknown[]): void {
    if (link !== this.link) throw new CorruptFrameError("a thread that wants an actor of its process");
    const { thread } = this;
    const { id, module, shape, settings, restarts } = readCreateBeyond(reader);
    // Before the handles among the arguments, each of which takes a number too.
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
    cell.onBroken.push(() => this.#announce(cell));
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
    if (deno === undefined) process.exit(0);
    deno.exit(0);
  }
}

/** The stream that whoever started the process has put at a descriptor. */
function openDescriptor(fd: number, received: (bytes: Uint8Array) => void, ended: () => void): ByteStream {
  if (deno !== undefined) {
    const socket = new (network().Socket)({ fd, readable: true, writable: true });
    socket.on("data", (bytes) => received(bytes as Uint8Array));
    for (const event of ["end", "close", "error"]) socket.on(event, ended);
    return { write: (bytes, done) => void socket.write(bytes, done) };
  }
  // Bun's sockets take no descriptor.
  const { createReadStream, createWriteStream } = fileSystem();
  const input = createReadStream("", { fd, autoClose: false });
  const output = createWriteStream("", { fd, autoClose: false });
  input.on("data", (bytes) => received(bytes as Uint8Array));
  for (const event of ["end", "close", "error"]) input.on(event, ended);
  output.on("error", ended);
  return { write: (bytes, done) => void output.write(bytes, done) };
}

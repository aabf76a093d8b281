/**
 * The data stream: numbered requests and their answers, over one gRPC stream after another. When a stream breaks, what has no answer
 * is sent again over the next; the server keeps its answers until they are acknowledged, so that nothing happens twice.
 *
 * @module
 */

import { ClusterConnectionError } from "../../base/cluster_errors.ts";
import { type GrpcFailure, type GrpcStream, isFinal } from "./grpc.ts";
import { DataRequest, type DataRequestContent, DataResponse, type DataResponseContent } from "./messages.ts";

/** Bytes a chunk. Bun's HTTP/2 stalls on messages of 5 MiB, which is what Python sends. */
const CHUNK = 1024 * 1024;
/** Every so many answers are acknowledged. */
const ACKNOWLEDGE_EVERY = 32;
/** Numbers go up to here, then begin again. */
const LAST_NUMBER = 2 ** 31 - 1;
/** Milliseconds without `"drain"` after which the connection is nudged. */
const STALLED = 200;
/** Milliseconds that a clean end may take. */
const CLOSING = 5000;

/** A request without an answer yet. */
interface Outstanding {
  content: DataRequestContent;
  readonly resolve: (answer: DataResponseContent) => void;
  readonly reject: (error: Error) => void;
  /** The pieces of a value that have come. */
  readonly pieces: Uint8Array[];
}

/** What the stream needs of its connection. */
export interface DataStreamHost {
  /** Opens a gRPC stream, the first one or one that goes on. */
  open(isReconnecting: boolean): GrpcStream;
  /** Makes the connection anew, until the grace period has passed; rejects then, or if there is none. */
  reconnect(reason: string): Promise<void>;
  /** Has something else sent over the connection. */
  nudge(): void;
  /** The stream has ended for good. */
  ended(error: Error): void;
}

/** The requests of one session. */
export class DataStream {
  readonly #host: DataStreamHost;
  readonly #acknowledges: boolean;
  readonly #outstanding = new Map<number, Outstanding>();
  #queue: Iterator<Uint8Array>[] = [];
  #stream: GrpcStream | undefined;
  #number = 0;
  #answers = 0;
  #isFull = false;
  #nudging: ReturnType<typeof setInterval> | undefined;
  #error: Error | undefined;
  #onClosed: (() => void) | undefined;

  /**
   * @param host The connection.
   * @param acknowledges Whether the server keeps answers, for streams that break.
   */
  constructor(host: DataStreamHost, acknowledges: boolean) {
    this.#host = host;
    this.#acknowledges = acknowledges;
    this.#open(false);
  }

  /** Sends a request; its answer. */
  request(content: DataRequestContent): Promise<DataResponseContent> {
    return new Promise((resolve, reject) => {
      if (this.#error !== undefined) return reject(this.#error);
      const number = this.#number = this.#number === LAST_NUMBER ? 1 : this.#number + 1;
      this.#outstanding.set(number, { content, resolve, reject, pieces: [] });
      this.#send(frames(number, content));
    });
  }

  /** Ends the session: at once if the connection is lost, else when the server has cleaned up. */
  async close(error: Error): Promise<void> {
    if (this.#error !== undefined) return;
    const stream = this.#stream;
    if (stream === undefined) return this.#end(error);
    // What is half sent stays so.
    this.#queue = [];
    stream.write(DataRequest.encode({ cleanUp: {} }));
    const closed = new Promise<void>((resolve) => {
      this.#onClosed = resolve;
    });
    stream.end();
    const late = setTimeout(() => this.#onClosed?.(), CLOSING);
    this.#end(error);
    await closed;
    clearTimeout(late);
    stream.cancel();
  }

  #open(isReconnecting: boolean): void {
    const stream = this.#stream = this.#host.open(isReconnecting);
    this.#setFull(false);
    // What an earlier stream still says is of no interest.
    const ifCurrent = <A extends unknown[]>(run: (...args: A) => void) => (...args: A): void => {
      if (this.#stream === stream) run(...args);
    };
    stream.on("data", ifCurrent((message) => this.#answered(message)));
    stream.on(
      "drain",
      ifCurrent(() => {
        this.#setFull(false);
        this.#pump();
      }),
    );
    stream.on("error", ifCurrent((failure) => this.#broken(failure)));
    stream.on("end", ifCurrent(() => this.#broken(undefined)));
  }

  #send(messages: Iterator<Uint8Array>): void {
    this.#queue.push(messages);
    this.#pump();
  }

  #pump(): void {
    while (this.#queue.length > 0 && !this.#isFull && this.#stream !== undefined) {
      const { done, value } = this.#queue[0].next();
      if (done === true) this.#queue.shift();
      else this.#setFull(!this.#stream.write(value));
    }
  }

  /** On Bun, a stream that waits for the server's window to open may not see that it has, until something else is sent. */
  #setFull(isFull: boolean): void {
    if (this.#isFull === isFull) return;
    this.#isFull = isFull;
    clearInterval(this.#nudging);
    if (isFull) this.#nudging = setInterval(() => this.#host.nudge(), STALLED);
  }

  #answered(message: Uint8Array): void {
    let answer: DataResponseContent;
    try {
      answer = DataResponse.decode(message);
    } catch (error) {
      return this.#end(error as Error);
    }
    const number = answer.number ?? 0;
    const request = this.#outstanding.get(number);
    if (request === undefined) return;
    const { get } = answer;
    if (get?.valid === true) {
      if ((get.chunk ?? 0) !== request.pieces.length) return;
      request.pieces.push(get.data ?? new Uint8Array());
      // Sent again, the request would ask for the rest.
      request.content = { get: { ...request.content.get, firstChunk: request.pieces.length } };
      if (request.pieces.length < (get.chunks ?? 1)) return;
      answer = { get: { ...get, data: join(request.pieces) } };
    }
    this.#outstanding.delete(number);
    if (this.#acknowledges && ++this.#answers % ACKNOWLEDGE_EVERY === 0) {
      this.#send([DataRequest.encode({ acknowledge: { number } })][Symbol.iterator]());
    }
    request.resolve(answer);
  }

  #broken(failure: GrpcFailure | undefined): void {
    this.#stream = undefined;
    this.#setFull(false);
    if (this.#error !== undefined) return this.#onClosed?.();
    const reason = failure === undefined
      ? "the server ended the session"
      : failure.details || failure.message;
    if (failure === undefined || isFinal(failure)) {
      return this.#end(new ClusterConnectionError(`Cannot reach the Ray cluster any more: ${reason}`));
    }
    this.#host.reconnect(reason).then(
      () => {
        if (this.#error !== undefined) return;
        // From the first request on: of one that was half sent, the server passes over what it has.
        this.#queue = [...this.#outstanding].map(([number, { content }]) => frames(number, content));
        this.#open(true);
        this.#pump();
      },
      (error: Error) => this.#end(error),
    );
  }

  #end(error: Error): void {
    if (this.#error !== undefined) return;
    this.#error = error;
    this.#setFull(false);
    const outstanding = [...this.#outstanding.values()];
    this.#outstanding.clear();
    for (const { reject } of outstanding) reject(error);
    this.#host.ended(error);
  }
}

/** The messages of a request: several if it carries much. */
function* frames(number: number, content: DataRequestContent): Generator<Uint8Array, void> {
  const { put, task } = content;
  const data = put?.data ?? task?.data;
  if (data === undefined) return yield DataRequest.encode({ number, ...content });
  const chunks = Math.max(1, Math.ceil(data.length / CHUNK));
  for (let chunk = 0; chunk < chunks; chunk++) {
    const part = { data: data.subarray(chunk * CHUNK, (chunk + 1) * CHUNK), chunk, chunks };
    yield put !== undefined
      ? DataRequest.encode({ number, put: { ...put, ...part, size: data.length } })
      : DataRequest.encode({ number, task: { ...task, ...part } });
  }
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0];
  const all = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

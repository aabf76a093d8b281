/**
 * The data stream: numbered requests and their answers, over one gRPC stream after another. When a stream breaks, what has no answer
 * is sent again over the next; the server keeps its answers until they are acknowledged, so that nothing happens twice.
 *
 * @module
 */

import { ClusterConnectionError } from "../../base/cluster_errors.ts";
import { type GrpcFailure, type GrpcStream, isFinal } from "./grpc.ts";
import {
  DataRequest,
  type DataRequestContent,
  DataResponse,
  type DataResponseContent,
  type GetContent,
} from "./messages.ts";
import { malformed } from "./protobuf.ts";
import { StreamWriter } from "./stream_writer.ts";

/** Bytes a chunk. Python sends 5 MiB; less is in memory at a time with this, and it is as fast. */
const CHUNK = 1024 * 1024;
/** Every so many answers are acknowledged. */
const ACKNOWLEDGE_EVERY = 32;
/** Numbers go up to here, then begin again. */
const LAST_NUMBER = 2 ** 31 - 1;
/** Milliseconds that a clean end may take. */
const CLOSING = 5000;

/** A request without an answer yet. */
interface Outstanding {
  content: DataRequestContent;
  readonly resolve: (answer: DataResponseContent) => void;
  readonly reject: (error: Error) => void;
  /** The bytes that the stream had been given when the request's last one was. */
  end: number;
  /** What has come of a value. */
  value: PartialValue | undefined;
}

/** A value of which a number of chunks have come. */
interface PartialValue {
  readonly bytes: Uint8Array;
  readonly chunks: number;
  /** The bytes that have come. */
  readonly length: number;
}

/** Messages to be sent, and whose. */
interface Sending {
  readonly messages: Iterator<Uint8Array>;
  readonly request?: Outstanding;
}

/** What the stream needs of its connection. */
export interface DataStreamHost {
  /** Opens a gRPC stream, the first one or one that goes on. */
  open(isReconnecting: boolean): GrpcStream;
  /** Makes the connection anew, until the grace period has passed; rejects then, or if there is none. */
  reconnect(reason: string): Promise<void>;
  /** Has the server send something else over the connection. */
  nudge(): void;
  /** The stream has ended for good. */
  ended(error: Error): void;
}

/** The requests of one session. */
export class DataStream {
  readonly #host: DataStreamHost;
  readonly #acknowledges: boolean;
  readonly #outstanding = new Map<number, Outstanding>();
  #queue: Sending[] = [];
  #stream: GrpcStream | undefined;
  #writer: StreamWriter | undefined;
  #number = 0;
  #answers = 0;
  #isFull = false;
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
      const request: Outstanding = { content, resolve, reject, end: 0, value: undefined };
      this.#outstanding.set(number, request);
      this.#send({ messages: frames(number, content), request });
    });
  }

  /** Ends the session: at once if the connection is lost, else when the server has cleaned up. */
  async close(error: Error): Promise<void> {
    if (this.#error !== undefined) return;
    const [stream, writer] = [this.#stream, this.#writer];
    if (stream === undefined || writer === undefined) return this.#end(error);
    // What is half sent stays so.
    this.#queue = [];
    writer.write(DataRequest.encode({ cleanUp: {} }));
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
    this.#writer = new StreamWriter(stream, () => this.#host.nudge());
    this.#isFull = false;
    // What an earlier stream still says is of no interest.
    const ifCurrent = <A extends unknown[]>(run: (...args: A) => void) => (...args: A): void => {
      if (this.#stream === stream) run(...args);
    };
    stream.on("data", ifCurrent((message) => this.#answered(message)));
    stream.on(
      "drain",
      ifCurrent(() => {
        this.#isFull = false;
        this.#pump();
      }),
    );
    stream.on("error", ifCurrent((failure) => this.#broken(failure)));
    stream.on("end", ifCurrent(() => this.#broken(undefined)));
  }

  #send(sending: Sending): void {
    this.#queue.push(sending);
    this.#pump();
  }

  #pump(): void {
    while (this.#queue.length > 0 && !this.#isFull && this.#writer !== undefined) {
      const { messages, request } = this.#queue[0];
      const { done, value } = messages.next();
      if (done === true) {
        this.#queue.shift();
        continue;
      }
      this.#isFull = !this.#writer.write(value);
      if (request !== undefined) request.end = this.#writer.written;
    }
  }

  #answered(message: Uint8Array): void {
    let answer: DataResponseContent;
    let request: Outstanding | undefined;
    try {
      answer = DataResponse.decode(message);
      request = this.#outstanding.get(answer.number ?? 0);
      if (request === undefined) return;
      this.#writer?.arrived(request.end);
      const { get } = answer;
      if (get?.valid === true) {
        if ((get.chunk ?? 0) !== (request.value?.chunks ?? 0)) return;
        const value = request.value = withChunk(request.value, get);
        // Sent again, the request would ask for the rest.
        request.content = { get: { ...request.content.get, firstChunk: value.chunks } };
        if (value.chunks < (get.chunks ?? 1)) return;
        answer = { ...answer, get: { ...get, data: value.bytes.subarray(0, value.length) } };
      }
    } catch (error) {
      return this.#end(error as Error);
    }
    const number = answer.number ?? 0;
    this.#outstanding.delete(number);
    if (this.#acknowledges && ++this.#answers % ACKNOWLEDGE_EVERY === 0) {
      this.#send({ messages: [DataRequest.encode({ acknowledge: { number } })].values() });
    }
    request.resolve(answer);
  }

  #broken(failure: GrpcFailure | undefined): void {
    this.#stream = undefined;
    this.#writer?.stop();
    this.#writer = undefined;
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
        this.#queue = [...this.#outstanding].map(([number, request]) => {
          request.end = 0;
          return { messages: frames(number, request.content), request };
        });
        this.#open(true);
        this.#pump();
      },
      (error: Error) => this.#end(error),
    );
  }

  #end(error: Error): void {
    if (this.#error !== undefined) return;
    this.#error = error;
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

/** A value with one more chunk. Each is copied when it comes, while the server is busy with the next one. */
function withChunk(value: PartialValue | undefined, get: GetContent): PartialValue {
  const { data = new Uint8Array(), chunks = 1, size = 0 } = get;
  if (chunks === 1) return { bytes: data, chunks, length: data.length };
  const { bytes, length, chunks: before } = value ?? { bytes: new Uint8Array(size), length: 0, chunks: 0 };
  if (length + data.length > bytes.length) throw malformed("a value is longer than it should be");
  bytes.set(data, length);
  return { bytes, chunks: before + 1, length: length + data.length };
}

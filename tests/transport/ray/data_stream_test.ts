/**
 * The data stream, over streams that do what a test wants.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { DataStream, type DataStreamHost } from "../../../lib/transport/ray/data_stream.ts";
import type { GrpcFailure, GrpcStream } from "../../../lib/transport/ray/grpc.ts";
import { DataRequest, type DataRequestContent, DataResponse } from "../../../lib/transport/ray/messages.ts";

/** A stream whose other end is the test. */
class FakeStream implements GrpcStream {
  readonly sent: DataRequestContent[] = [];
  /** How many messages it takes before it would rather wait. */
  room: number = Infinity;
  /** How many go out. */
  outgoing: number = Infinity;
  readonly #listeners = new Map<string, (value: never) => void>();

  write(message: Uint8Array, onWritten?: () => void): boolean {
    this.sent.push(DataRequest.decode(message));
    if (this.sent.length <= this.outgoing) onWritten?.();
    return this.sent.length < this.room;
  }
  end(): void {
    queueMicrotask(() => this.say("end"));
  }
  cancel(): void {}
  on(event: string, listener: (value: never) => void): void {
    this.#listeners.set(event, listener);
  }
  say(event: string, value?: unknown): void {
    this.#listeners.get(event)!(value as never);
  }
}

function fakeHost(streams: FakeStream[], nudge: () => void = () => {}): DataStreamHost {
  let next = 0;
  return { open: () => streams[next++], reconnect: () => Promise.resolve(), nudge, ended: () => {} };
}

const broken = Object.assign(new Error("gone"), { code: 14, details: "gone" }) as GrpcFailure;

describe("DataStream", () => {
  it("waits with a connection that takes no more, and goes on when it does", async () => {
    const stream = new FakeStream();
    stream.room = 1;
    const data = new DataStream(fakeHost([stream]), true);
    const request = data.request({ put: { data: new Uint8Array(3 << 20) } });
    assertEquals(stream.sent.length, 1);
    stream.room = Infinity;
    stream.say("drain");
    assertEquals(stream.sent.map(({ put }) => [put?.chunk, put?.chunks]), [[0, 3], [1, 3], [2, 3]]);
    await Promise.all([data.close(new Error("closed")), assertRejects(() => request, Error, "closed")]);
  });

  it("nudges a connection over which nothing goes out, the last pieces included", async () => {
    const nudged = Promise.withResolvers<void>();
    const stream = new FakeStream();
    stream.outgoing = 2;
    const data = new DataStream(fakeHost([stream], nudged.resolve), true);
    const request = data.request({ put: { data: new Uint8Array(3 << 20) } });
    assertEquals(stream.sent.length, 3);
    await nudged.promise;
    await Promise.all([data.close(new Error("closed")), assertRejects(() => request, Error, "closed")]);
  });

  it("nudges until what was much is answered, even if it is said to have gone out", async () => {
    const nudged = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let nudges = 0;
    const stream = new FakeStream();
    const data = new DataStream(fakeHost([stream], () => nudged[nudges++]?.resolve()), true);
    const answered = data.request({ put: { data: new Uint8Array(3 << 20) } });
    for (const { promise } of nudged) await promise;
    stream.say("data", DataResponse.encode({ number: 1, put: { id: new Uint8Array(28), valid: true } }));
    await answered;
    const before = nudges;
    // Little: nobody hurries the server.
    const request = data.request({ get: { ids: [new Uint8Array(28)] } });
    await new Promise((resolve) => setTimeout(resolve, 200));
    assertEquals(nudges, before);
    await Promise.all([data.close(new Error("closed")), assertRejects(() => request, Error, "closed")]);
  });

  it("sends again what has no answer when the stream breaks, and asks for the rest of a value", async () => {
    const [first, second] = [new FakeStream(), new FakeStream()];
    const data = new DataStream(fakeHost([first, second]), true);
    const answered = data.request({ terminate: { clientId: "a" } });
    const value = data.request({ get: { ids: [new Uint8Array(28)] } });
    first.say("data", DataResponse.encode({ number: 1, terminate: { ok: true } }));
    assertEquals((await answered).terminate?.ok, true);
    const piece = (chunk: number): Uint8Array =>
      DataResponse.encode({
        number: 2,
        get: { valid: true, data: new Uint8Array([chunk]), chunk, chunks: 2, size: 2 },
      });
    first.say("data", piece(0));
    first.say("error", broken);
    await new Promise((resolve) => setTimeout(resolve));
    assertEquals(second.sent.map(({ number, get }) => [number, get?.firstChunk]), [[2, 1]]);
    // What the server had sent before is passed over.
    second.say("data", piece(0));
    second.say("data", piece(1));
    assertEquals([...(await value).get!.data!], [0, 1]);
    await data.close(new Error("closed"));
  });

  it("ends when a value is longer than the server said", async () => {
    const stream = new FakeStream();
    const data = new DataStream(fakeHost([stream]), true);
    const value = data.request({ get: { ids: [new Uint8Array(28)] } });
    const get = { valid: true, data: new Uint8Array(2), chunk: 0, chunks: 2, size: 1 };
    stream.say("data", DataResponse.encode({ number: 1, get }));
    await assertRejects(() => value, Error, "a value is longer than it should be");
  });

  it("ends when the server says no for good, and rejects what is asked then and later", async () => {
    const stream = new FakeStream();
    const data = new DataStream(fakeHost([stream]), true);
    const request = data.request({ server: {} });
    stream.say("error", Object.assign(new Error("no"), { code: 5, details: "no such session" }));
    await assertRejects(() => request, Error, "no such session");
    await assertRejects(() => data.request({ server: {} }), Error, "no such session");
  });
});

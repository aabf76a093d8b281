/**
 * The way to the cluster of a process on a node: the host that started it.
 *
 * @module
 */

import type { ByteStream } from "../byte_stream.ts";
import type {
  ClusterAddress,
  ClusterConnection,
  ClusterEnd,
  ClusterEvents,
  ClusterPort,
  ClusterRequest,
} from "./cluster_port.ts";
import { HostChannel } from "./host_channel.ts";
import { HostMessage } from "./host_source.ts";

/** What is told of whoever connects to this process's actor; each connection has a number. */
export interface HostListener {
  /** Somebody has connected. */
  opened(connection: number, stream: ByteStream): void;
  /** Bytes have come. */
  received(connection: number, bytes: Uint8Array): void;
  /** A connection has ended. */
  closed(connection: number, end: ClusterEnd): void;
  /** A call from Python; fulfilled with what JSON can say. */
  called(method: string, args: readonly unknown[]): Promise<unknown>;
}

const NOTHING = new Uint8Array(0);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The host, as its process sees it. */
export class HostPort implements ClusterPort {
  readonly #channel: HostChannel;
  readonly #onEnd: () => void;
  readonly #outgoing = new Map<number, ClusterEvents>();
  readonly #questions = new Map<number, (names: ClusterAddress[]) => void>();
  #listener: HostListener | undefined;
  // The host's own numbers are even.
  #last = 1;

  /** @param onEnd Ends the process. */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
    this.#channel = new HostChannel((kind, connection, payload) => this.#take(kind, connection, payload));
  }

  /** The stream to the host is there. */
  open(stream: ByteStream): void {
    this.#channel.open(stream);
  }

  /** The host has sent bytes. */
  received(bytes: Uint8Array): void {
    this.#channel.received(bytes);
  }

  /** Hears of whoever connects, from now on. */
  listen(listener: HostListener): void {
    this.#listener = listener;
  }

  #take(kind: number, connection: number, payload: Uint8Array): void {
    const events = this.#outgoing.get(connection);
    const listener = this.#listener;
    switch (kind) {
      case HostMessage.data:
        if (connection % 2 === 1) events?.received(payload);
        else listener?.received(connection, payload);
        return;
      case HostMessage.open:
        return listener?.opened(connection, this.#stream(connection));
      case HostMessage.opened:
        return events?.opened(decoder.decode(payload));
      case HostMessage.close: {
        const end = JSON.parse(decoder.decode(payload)) as ClusterEnd;
        this.#outgoing.delete(connection);
        events?.closed(end);
        if (connection % 2 === 0) listener?.closed(connection, end);
        return;
      }
      case HostMessage.names: {
        const answer = this.#questions.get(connection);
        this.#questions.delete(connection);
        return answer?.(JSON.parse(decoder.decode(payload)));
      }
      case HostMessage.call:
        return void this.#answer(connection, JSON.parse(decoder.decode(payload)));
    }
  }

  async #answer(call: number, { method, args }: { method: string; args: unknown[] }): Promise<void> {
    let answer: unknown;
    try {
      answer = { value: await this.#listener!.called(method, args) ?? null };
    } catch (thrown) {
      const { name, message, stack } = thrown as Error;
      answer = { error: { name, message, stack } };
    }
    this.#say(HostMessage.answer, call, answer);
  }

  #say(kind: number, connection: number, value: unknown): void {
    this.#channel.send(kind, connection, encoder.encode(JSON.stringify(value)));
  }

  #stream(connection: number): ByteStream {
    return { write: (bytes, done) => this.#channel.send(HostMessage.data, connection, bytes, done) };
  }

  #connection(events: ClusterEvents): { number: number; connection: ClusterConnection } {
    const number = this.#last += 2;
    this.#outgoing.set(number, events);
    return {
      number,
      connection: {
        ...this.#stream(number),
        kill: (noRestart) =>
          this.#channel.send(HostMessage.kill, number, new Uint8Array([noRestart ? 1 : 0])),
        close: () => {
          if (this.#outgoing.delete(number)) this.#channel.send(HostMessage.close, number, NOTHING);
        },
      },
    };
  }

  /** {@inheritDoc ClusterPort.create} */
  create(_address: ClusterAddress, request: ClusterRequest, events: ClusterEvents): ClusterConnection {
    const { className, methods, spec, options, first } = request;
    const { number, connection } = this.#connection(events);
    const text = encoder.encode(JSON.stringify({ class: className, methods, spec, options }));
    const payload = new Uint8Array(4 + text.length + first.length);
    new DataView(payload.buffer).setUint32(0, text.length, true);
    payload.set(text, 4);
    payload.set(first, 4 + text.length);
    this.#channel.send(HostMessage.create, number, payload);
    return connection;
  }

  /** {@inheritDoc ClusterPort.connect} */
  connect(address: ClusterAddress, events: ClusterEvents): ClusterConnection {
    const { number, connection } = this.#connection(events);
    this.#say(HostMessage.connect, number, address);
    return connection;
  }

  /** {@inheritDoc ClusterPort.names} */
  names(): Promise<ClusterAddress[]> {
    const number = this.#last += 2;
    return new Promise((resolve) => {
      this.#questions.set(number, resolve);
      this.#say(HostMessage.names, number, {});
    });
  }

  /** This process's actor has ended: the host ends the process. */
  ended(end: ClusterEnd): void {
    this.#say(HostMessage.ended, 0, end);
  }

  /** {@inheritDoc ClusterPort.end} */
  end(): Promise<void> {
    this.#onEnd();
    return Promise.resolve();
  }
}

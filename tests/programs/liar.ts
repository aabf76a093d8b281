/**
 * An actor that sends what no thread would send.
 *
 * @module
 */

import { Actor, remote } from "../../mod.ts";
import { currentThread } from "../../lib/runtime/current.ts";
import { DRIVER } from "../../lib/transport/thread_address.ts";
import { Frame } from "../../lib/wire/frames.ts";
import type { Writer } from "../../lib/wire/writer.ts";

const UNKNOWN_KIND = 99;

/** What the actor sends in place of an answer. */
export const nonsense: Record<string, { kind: number; body: (out: Writer) => void }> = {
  "a frame of unknown kind": { kind: UNKNOWN_KIND, body: () => {} },
  "an answer to no call": { kind: Frame.result, body: (out) => (out.u32(1_000_000), out.u8(0)) },
  "a value of an unknown type": { kind: Frame.result, body: (out) => (out.u32(0), out.u8(0xff)) },
  "a value that ends too early": { kind: Frame.result, body: (out) => out.u32(0) },
  "a value with bytes behind it": { kind: Frame.result, body: (out) => (out.u32(0), out.u8(1), out.u8(1)) },
  "an array of four billion elements": {
    kind: Frame.result,
    body: (out) => {
      out.u32(0);
      out.u8(0xf0);
      for (let i = 0; i < 8; i++) out.u8(0xff);
    },
  },
  "a call with more arguments than bytes": {
    kind: Frame.call,
    body: (out) => (out.u32(1), out.u32(1), out.string(""), out.varint(2 ** 40)),
  },
  "an item of no call": { kind: Frame.item, body: (out) => (out.u32(1_000_000), out.f64(0), out.u8(0)) },
  "an item without a place": { kind: Frame.item, body: (out) => (out.u32(0), out.f64(-1), out.u8(0)) },
  "items read before the first": { kind: Frame.itemsTaken, body: (out) => (out.u32(0), out.f64(NaN)) },
  "word of an actor of a pool's thread": {
    kind: Frame.expectActor,
    body: (out) => (out.u32(1), out.u32(1), out.u32(1)),
  },
  "events that are none": { kind: Frame.events, body: (out) => out.string("news") },
  "answers of more actors than there are bytes": {
    kind: Frame.loads,
    body: (out) => (out.u32(1), out.varint(1000), out.string("actor-1-1")),
  },
  "an actor that nobody announced": {
    kind: Frame.create,
    body: (out) => (out.u32(77), out.string("file:///x.ts"), out.string("X"), out.u32(0), out.varint(0)),
  },
  "a named actor of a class that is no JSON": {
    kind: Frame.named,
    body: (out) => (out.u32(2), out.u32(2), out.u32(1), out.string("{")),
  },
  "a named actor of a class without methods": {
    kind: Frame.named,
    body: (out) => (out.u32(2), out.u32(2), out.u32(1), out.string('{"name":"X","key":"x#X","groups":[]}')),
  },
  "a question for the class of an actor in a thread that cannot be": {
    kind: Frame.shapeWanted,
    body: (out) => (out.u32(0), out.u32(2), out.u32(1_000_000), out.u32(1)),
  },
  "a detached actor without a link": {
    kind: Frame.startDetached,
    body: (out) => (out.u32(2), out.u32(2), out.string("file:///x.ts")),
  },
};

@remote
export class Liar extends Actor {
  answer(): number {
    return 1;
  }
  /** Answers the first call in progress with nonsense. */
  lie(what: string): Promise<never> {
    const link = currentThread()!.peers.find(DRIVER)!;
    const { kind, body } = nonsense[what];
    body(link.open(kind));
    link.seal();
    return new Promise(() => {});
  }
}

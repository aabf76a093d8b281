/**
 * A thread that sends nonsense: it is refused, and whoever sent it is ended; nothing hangs.
 *
 * @module
 */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { afterEach, describe, it } from "@std/testing/bdd";
import { ActorDiedError, shutdown } from "../mod.ts";
import { Liar, nonsense } from "./programs/liar.ts";

describe("a corrupt frame", () => {
  afterEach(() => shutdown());

  for (const what of Object.keys(nonsense)) {
    it(`ends the thread that sent it: ${what}`, async () => {
      const honest = Liar.remote();
      const liar = Liar.remote();
      assertEquals(await liar.answer.remote(), 1);
      const lie = liar.lie.remote(what);
      const later = liar.answer.remote();
      const error = await assertRejects(() => Promise.resolve(later), ActorDiedError);
      assertMatch(error.message, /it sent what no thread would send: Cannot read frame/);
      await assertRejects(() => Promise.resolve(lie), Error);
      await assertRejects(() => Promise.resolve(liar.answer.remote()), ActorDiedError);
      assertEquals(await honest.answer.remote(), 1);
    });
  }
});

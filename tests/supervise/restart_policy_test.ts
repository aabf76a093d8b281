import { ActorDiedError, ActorUnavailableError } from "../../lib/base/actor_errors.ts";
import { WorkerCrashedError } from "../../lib/base/lost_errors.ts";
import { type RetryRule, type RetryWish, ruleOf } from "../../lib/base/retry_rule.ts";
import { makeTaskError } from "../../lib/base/task_error.ts";
import { type EndedIncarnation, isUsedUp, mayRestart, mayRetry } from "../../lib/supervise/restart_policy.ts";
import { type Ending, endings } from "../../lib/transport/thread_address.ts";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";

const end = (change: Partial<EndedIncarnation>): EndedIncarnation => ({
  ending: "crashed",
  restarts: 0,
  maxRestarts: 1,
  ownerLives: true,
  ...change,
});

describe("restart policy", () => {
  it("mayRestart() is for crashes, while there are restarts and an owner", () => {
    const crashes: Ending[] = ["crashed", "exited", "broken link", "unknown", "process ended", "stopped"];
    for (const ending of endings) assertEquals(mayRestart(end({ ending })), crashes.includes(ending), ending);
    const cases: [Partial<EndedIncarnation>, boolean][] = [
      [{ maxRestarts: 0 }, false],
      [{ restarts: 1 }, false],
      [{ restarts: 1, maxRestarts: 2 }, true],
      [{ restarts: 2, maxRestarts: 2 }, false],
      [{ restarts: 1e6, maxRestarts: -1 }, true],
      [{ ownerLives: false }, false],
      [{ ownerLives: false, maxRestarts: -1 }, false],
    ];
    for (const [change, expected] of cases) {
      assertEquals(mayRestart(end(change)), expected, JSON.stringify(change));
    }
  });

  it("isUsedUp() says so of crashes only", () => {
    const cases: [Partial<EndedIncarnation>, boolean][] = [
      [{}, false],
      [{ restarts: 1 }, true],
      [{ restarts: 1, ending: "killed" }, false],
      [{ maxRestarts: 0 }, false],
      [{ restarts: 5, maxRestarts: -1 }, false],
    ];
    for (const [change, expected] of cases) {
      assertEquals(isUsedUp(end(change)), expected, JSON.stringify(change));
    }
  });

  it("mayRetry() looks at the error, the count and the rule", () => {
    const thrown = (cause: unknown): Error => makeTaskError({ cause, taskName: "A.m" });
    const unavailable = new ActorUnavailableError("starts again");
    const rule = (maxRetries: number, exceptions: RetryRule["exceptions"] = false): RetryRule => ({
      maxRetries,
      exceptions,
    });
    const cases: [string, unknown, number, RetryRule, boolean][] = [
      ["a crash", unavailable, 0, rule(1), true],
      ["a crash too many", unavailable, 1, rule(1), false],
      ["a crash, without end", unavailable, 1e9, rule(Infinity), true],
      ["a worker's crash", new WorkerCrashedError("ended"), 0, rule(1), true],
      ["a death", new ActorDiedError("dead"), 0, rule(9, true), false],
      ["an error of another kind", new TypeError("not the task's"), 0, rule(9, true), false],
      ["thrown, not wanted", thrown(new RangeError("r")), 0, rule(9), false],
      ["thrown, any", thrown(new RangeError("r")), 0, rule(9, true), true],
      ["thrown, too often", thrown(new RangeError("r")), 9, rule(9, true), false],
      ["thrown, of a class", thrown(new RangeError("r")), 0, rule(9, ["RangeError"]), true],
      ["thrown, of no such class", thrown(new RangeError("r")), 0, rule(9, ["TypeError"]), false],
      ["a crash that a task threw", thrown(unavailable), 0, rule(9), false],
    ];
    for (const [what, error, retries, rule, expected] of cases) {
      const isOfClass = (cause: unknown, ids: readonly string[]): boolean =>
        ids.includes((cause as Error).name);
      assertEquals(mayRetry(error, retries, rule, isOfClass), expected, what);
    }
  });

  it("ruleOf() takes each wish from the first that has it", () => {
    const cases: [(RetryWish | undefined)[], RetryRule | undefined][] = [
      [[], undefined],
      [[undefined, { exceptions: true }], undefined],
      [[{ maxRetries: 0 }, { maxRetries: 3 }], undefined],
      [[{ maxRetries: 2 }, { maxRetries: 3, exceptions: true }], { maxRetries: 2, exceptions: true }],
      [[{ exceptions: false }, { maxRetries: -1, exceptions: ["E"] }], {
        maxRetries: Infinity,
        exceptions: false,
      }],
      [[undefined, undefined, { maxRetries: 1 }], { maxRetries: 1, exceptions: false }],
    ];
    for (const [wishes, expected] of cases) assertEquals(ruleOf(...wishes), expected, JSON.stringify(wishes));
  });
});

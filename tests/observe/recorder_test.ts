import { checkNotes, type EventNote } from "../../lib/observe/event_note.ts";
import type { RayEvent } from "../../lib/observe/events.ts";
import { MAX_REMEMBERED, Recorder } from "../../lib/observe/recorder.ts";
import { CorruptFrameError } from "../../lib/wire/corrupt_frame_error.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";

let time = 0;

function ofActor(type: EventNote["type"], actorId: string, thread: number, text = ""): EventNote {
  const made = type === "actor-created" ? { actor: { thread: 2, name: "" } } : {};
  return { type, time: ++time, thread, actorId, taskId: "", name: "C", text, ...made };
}

function ofTask(
  type: EventNote["type"],
  taskId: string,
  thread: number,
  more: Partial<EventNote> = {},
): EventNote {
  return { type, time: ++time, thread, actorId: "actor-2-1", taskId, name: "C.m", text: "", ...more };
}

function recorder(): { it: Recorder; seen: RayEvent[]; types: () => string[] } {
  const seen: RayEvent[] = [];
  return {
    it: new Recorder((event) => seen.push(event), () => true),
    seen,
    types: () => seen.map(({ type }) => type),
  };
}

describe("Recorder", () => {
  it("keeps what it hears of an actor back until it hears who made it", () => {
    const { it: record, seen, types } = recorder();
    record.take(ofActor("actor-alive", "actor-2-1", 2));
    assertEquals(seen, []);
    record.take(ofActor("actor-created", "actor-2-1", 1, "thread"));
    assertEquals(types(), ["actor-created", "actor-alive"]);
    assertEquals([...record.actors()].map(({ state, placement }) => [state, placement]), [[
      "ALIVE",
      "thread",
    ]]);
  });

  // ray: state-actors
  it("counts an actor's first end, and lets it be made again", () => {
    const { it: record, types } = recorder();
    record.take(ofActor("actor-created", "a", 1, "thread"));
    record.take(ofActor("actor-alive", "a", 2));
    record.take(ofActor("actor-restarting", "a", 1, "it crashed"));
    assertEquals([...record.actors()].map(({ state, reason }) => [state, reason]), [[
      "RESTARTING",
      "it crashed",
    ]]);
    record.take(ofActor("actor-alive", "a", 7));
    assertEquals([...record.actors()].map(({ state, thread }) => [state, thread]), [["ALIVE", 7]]);
    record.threadEnded(2, "an older thread", ++time);
    record.threadEnded(7, "it was killed", ++time);
    record.threadEnded(7, "again", ++time);
    record.take(ofActor("actor-alive", "a", 7));
    assertEquals(types(), ["actor-created", "actor-alive", "actor-restarting", "actor-alive", "actor-died"]);
    assertEquals([...record.actors()].map(({ state, reason }) => [state, reason]), [[
      "DEAD",
      "it was killed",
    ]]);
  });

  it("takes the events of a task in any order of threads", () => {
    const { it: record, types } = recorder();
    record.take(ofTask("task-started", "t", 2));
    record.take(ofTask("task-submitted", "t", 1, { isWaiting: false }));
    assertEquals([...record.tasks()].map(({ state, caller, thread }) => [state, caller, thread]), [[
      "RUNNING",
      1,
      2,
    ]]);
    record.take(ofTask("task-finished", "t", 2));
    record.take(ofTask("task-failed", "t", 1, { text: "too late" }));
    assertEquals(types(), ["task-started", "task-submitted", "task-finished"]);
    assertEquals([...record.tasks()].map(({ state, error }) => [state, error]), [["FINISHED", undefined]]);
  });

  // ray: state-tasks
  it("tells another attempt from a start that is heard of late", () => {
    const { it: record, seen } = recorder();
    const late = ofTask("task-started", "t", 2);
    record.take(ofTask("task-submitted", "t", 1, { isWaiting: true }));
    record.take(ofTask("task-failed", "t", 1, { text: "lost" }));
    record.take(late);
    assertEquals([...record.tasks()][0].state, "FAILED");
    record.take(ofTask("task-started", "t", 3));
    assertEquals([...record.tasks()][0].state, "RUNNING");
    record.take(ofTask("task-finished", "t", 3));
    const last = seen.at(-1);
    assertEquals(last?.type === "task-finished" && [last.attempt, last.duration], [1, 1]);
  });

  it("fails what a dead thread ran, and what it had still to send", () => {
    const { it: record } = recorder();
    record.take(ofTask("task-submitted", "runs", 1, { isWaiting: false }));
    record.take(ofTask("task-started", "runs", 5));
    record.take(ofTask("task-submitted", "waits", 5, { isWaiting: true }));
    record.take(ofTask("task-submitted", "sent", 5, { isWaiting: false }));
    record.take(ofTask("task-started", "sent", 6));
    record.threadEnded(5, "it was killed", ++time);
    assertEquals([...record.tasks()].map(({ taskId, state, error }) => [taskId, state, error]), [
      ["runs", "FAILED", "it was killed"],
      ["waits", "FAILED", "it was killed"],
      ["sent", "RUNNING", undefined],
    ]);
  });

  it("remembers the last of those that have ended, and all others", () => {
    const { it: record } = recorder();
    record.take(ofTask("task-started", "open", 2));
    record.take(ofActor("actor-created", "living", 1, "inline"));
    for (let i = 0; i < MAX_REMEMBERED + 2; i++) {
      record.take(ofTask("task-finished", `t${i}`, 2));
      record.take(ofActor("actor-created", `a${i}`, 1, "inline"));
      record.take(ofActor("actor-died", `a${i}`, 1, "done"));
    }
    const tasks = [...record.tasks()].map(({ taskId }) => taskId);
    assertEquals([tasks.length, tasks[0], tasks[1]], [MAX_REMEMBERED + 1, "open", "t2"]);
    const actors = [...record.actors()].map(({ actorId }) => actorId);
    assertEquals([actors.length, actors[0], actors[1]], [MAX_REMEMBERED + 1, "living", "a2"]);
  });
});

describe("checkNotes()", () => {
  it("takes what a thread sends, and refuses all else", () => {
    const good = [
      ofActor("actor-created", "a", 1, "thread"),
      ofTask("task-submitted", "t", 1, { isWaiting: true }),
    ];
    assertEquals(checkNotes(good), good);
    const wrong: unknown[] = [
      undefined,
      {},
      [1],
      [null],
      [{ ...good[1], type: "events-dropped" }],
      [{ ...good[1], type: "x" }],
      [{ ...good[1], taskId: "" }],
      [{ ...good[1], taskId: 1 }],
      [{ ...good[1], time: "now" }],
      [{ ...good[1], isWaiting: 1 }],
      [{ ...good[0], actorId: "" }],
      [{ ...good[0], actor: undefined }],
      [{ ...good[0], actor: { thread: "1", name: "" } }],
    ];
    for (const value of wrong) {
      assertThrows(() => checkNotes(value), CorruptFrameError, undefined, JSON.stringify(value));
    }
  });
});

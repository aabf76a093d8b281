/**
 * Fork-join: actors that are made, work once and end; and sixty that get many messages each.
 *
 * @module
 */

import type { Behaviour, Program } from "./system.ts";

const WORKERS = 60;

const joiner: Behaviour = (context, workers, driver) => {
  let [left, sum] = [workers, 0];
  return (_tag, value) => {
    sum += value;
    if (--left === 0) context.send(driver, "done", sum);
  };
};

/** Fork-join, create. */
export const forkJoinCreate: Program = {
  name: "fork-join create",
  size: 40_000,
  behaviours: {
    joiner,
    /** Says that it is there, and stays. */
    idler(context, value, joiner) {
      return () => context.send(joiner, "done", value);
    },
    forked(context, _value, joiner) {
      return (_tag, value) => {
        context.send(joiner, "done", Math.sin(value) <= 1 ? 1 : 0);
        context.stop();
      };
    },
  },
  start(driver, actors) {
    const joiner = driver.spawn("joiner", actors, driver.self);
    for (let i = 0; i < actors; i++) {
      driver.send(driver.spawn("forked", 0, joiner), "work", i);
    }
  },
  expected: (actors) => actors,
};

/** Fork-join, throughput. */
export const forkJoinThroughput: Program = {
  name: "fork-join throughput",
  size: 4_000,
  behaviours: {
    worker(context, messages, joiner) {
      let done = 0;
      return (_tag, value) => {
        if (Math.sin(value) <= 1) done++;
        if (done === messages) context.send(joiner, "done", done);
      };
    },
  },
  start(driver, messages) {
    const joiner = driver.spawn("joiner", WORKERS, driver.self);
    const workers = Array.from({ length: WORKERS }, () => driver.spawn("worker", messages, joiner));
    for (let i = 0; i < messages; i++) {
      for (const worker of workers) driver.send(worker, "work", i);
    }
  },
  expected: (messages) => WORKERS * messages,
};

/**
 * Concurrent dictionary: twenty workers read and, one time in ten, write a map that one actor holds.
 *
 * @module
 */

import type { Program } from "./system.ts";

const WORKERS = 20;
const KEYS = 512;

/** Concurrent dictionary. */
export const dictionary: Program = {
  name: "concurrent dictionary",
  size: 5_000,
  behaviours: {
    dictionary(context) {
      const entries = new Map<number, number>();
      return (tag, key, worker) => {
        if (tag === "write") entries.set(key, key);
        context.send(worker!, "value", entries.get(key) ?? key);
      };
    },
    dictionaryWorker(context, seed, dictionary) {
      let [left, key, right, joinAt] = [0, seed, 0, dictionary];
      return (tag, value, joiner) => {
        if (tag === "start") {
          left = value;
          joinAt = joiner!;
        } else if (value === key) right++;
        if (left-- === 0) return context.send(joinAt, "done", right);
        key = (key * 25_173 + 13_849) % KEYS;
        context.send(dictionary, left % 10 === 0 ? "write" : "read", key, context.self);
      };
    },
  },
  start(driver, messages) {
    const joiner = driver.spawn("joiner", WORKERS, driver.self);
    const dictionary = driver.spawn("dictionary", 0, joiner);
    for (let i = 0; i < WORKERS; i++) {
      driver.send(driver.spawn("dictionaryWorker", i, dictionary), "start", messages, joiner);
    }
  },
  expected: (messages) => WORKERS * messages,
};

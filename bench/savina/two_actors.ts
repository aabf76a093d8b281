/**
 * Ping-pong: one message at a time between two. Counting actor: as many as there are, one way.
 *
 * @module
 */

import type { Address, Program } from "./system.ts";

/** Ping-pong. */
export const pingPong: Program = {
  name: "ping-pong",
  size: 100_000,
  behaviours: {
    ping(context, rounds, driver) {
      let [partner, left] = [driver, rounds];
      return (tag, _value, address) => {
        if (tag === "partner") partner = address!;
        else if (left-- > 0) context.send(partner, "ping", 0);
        else context.send(driver, "done", rounds);
      };
    },
    pong(context, _value, driver) {
      let partner: Address = driver;
      return (tag, value, address) => {
        if (tag === "partner") partner = address!;
        else context.send(partner, "pong", value);
      };
    },
  },
  start(driver, rounds) {
    const ping = driver.spawn("ping", rounds, driver.self);
    const pong = driver.spawn("pong", 0, driver.self);
    driver.send(ping, "partner", 0, pong);
    driver.send(pong, "partner", 0, ping);
    driver.send(ping, "start", 0);
  },
  expected: (rounds) => rounds,
};

/** Counting actor. */
export const counting: Program = {
  name: "counting actor",
  size: 200_000,
  behaviours: {
    producer(context, messages, counter) {
      return () => {
        for (let left = messages; left > 0; left--) {
          context.send(counter, "add", 1);
        }
        context.send(counter, "report", 0);
      };
    },
    counter(context, _value, driver) {
      let count = 0;
      return (tag, value) => {
        if (tag === "add") count += value;
        else context.send(driver, "done", count);
      };
    },
  },
  start(driver, messages) {
    const producer = driver.spawn("producer", messages, driver.spawn("counter", 0, driver.self));
    driver.send(producer, "start", 0);
  },
  expected: (messages) => messages,
};

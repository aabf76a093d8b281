/**
 * Dining philosophers: twenty, and an arbiter who gives out the forks or refuses; whoever is refused asks again.
 *
 * @module
 */

import type { Program } from "./system.ts";

const PHILOSOPHERS = 20;

/** Dining philosophers. */
export const philosophers: Program = {
  name: "dining philosophers",
  size: 2_000,
  behaviours: {
    arbiter(context, _value, driver) {
      const taken = new Array<boolean>(PHILOSOPHERS).fill(false);
      let [left, meals] = [PHILOSOPHERS, 0];
      return (tag, value, philosopher) => {
        const right = (value + 1) % PHILOSOPHERS;
        if (tag === "hungry") {
          const free = !taken[value] && !taken[right];
          if (free) taken[value] = taken[right] = true;
          context.send(philosopher!, free ? "eat" : "refused", 0);
        } else if (tag === "full") {
          taken[value] = taken[right] = false;
        } else {
          meals += value;
          if (--left === 0) context.send(driver, "done", meals);
        }
      };
    },
    philosopher(context, seat, arbiter) {
      let [meals, rounds] = [0, 0];
      return (tag, value) => {
        if (tag === "start") rounds = value;
        if (tag === "eat") {
          meals++;
          context.send(arbiter, "full", seat);
          if (meals === rounds) return context.send(arbiter, "leaves", meals);
        }
        context.send(arbiter, "hungry", seat, context.self);
      };
    },
  },
  start(driver, rounds) {
    const arbiter = driver.spawn("arbiter", 0, driver.self);
    for (let seat = 0; seat < PHILOSOPHERS; seat++) {
      driver.send(driver.spawn("philosopher", seat, arbiter), "start", rounds);
    }
  },
  expected: (rounds) => PHILOSOPHERS * rounds,
};

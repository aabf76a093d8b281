/**
 * Thread ring: a token goes round a hundred actors.
 *
 * @module
 */

import type { Program } from "./system.ts";

const ACTORS = 100;

/** Thread ring. */
export const threadRing: Program = {
  name: "thread ring",
  size: 100_000,
  behaviours: {
    ringNode(context, index, driver) {
      let next = driver;
      return (tag, hops, address) => {
        if (tag === "next") next = address!;
        else if (hops > 0) context.send(next, "hop", hops - 1);
        else context.send(driver, "done", index);
      };
    },
  },
  start(driver, hops) {
    const nodes = Array.from({ length: ACTORS }, (_, index) => driver.spawn("ringNode", index, driver.self));
    nodes.forEach((node, index) => driver.send(node, "next", 0, nodes[(index + 1) % ACTORS]));
    driver.send(nodes[0], "hop", hops);
  },
  expected: (hops) => hops % ACTORS,
};

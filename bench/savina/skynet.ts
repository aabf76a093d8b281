/**
 * Skynet: a tree of actors, ten children each, whose leaves, a million, say their numbers; the sums come back up.
 *
 * @module
 */

import type { Program } from "./system.ts";

const CHILDREN = 10;

/** Skynet. */
export const skynet: Program = {
  name: "skynet",
  size: 1_000_000,
  behaviours: {
    skynetNode(context, depth, parent) {
      let [left, sum] = [CHILDREN, 0];
      return (tag, value) => {
        if (tag === "sum") {
          sum += value;
          if (--left > 0) return;
          context.send(parent, "sum", sum);
          context.stop();
        } else if (depth === 0) {
          context.send(parent, "sum", value);
          context.stop();
        } else {
          for (let i = 0; i < CHILDREN; i++) {
            const child = context.spawn("skynetNode", depth - 1, context.self);
            context.send(child, "start", value * CHILDREN + i);
          }
        }
      };
    },
  },
  start: (driver, leaves) =>
    driver.send(driver.spawn("skynetNode", depthOf(leaves), driver.self), "start", 0),
  expected(leaves) {
    const count = CHILDREN ** depthOf(leaves);
    return count * (count - 1) / 2;
  },
};

function depthOf(leaves: number): number {
  return Math.max(1, Math.round(Math.log10(leaves)));
}

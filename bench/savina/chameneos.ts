/**
 * Chameneos: a hundred creatures meet in pairs in a mall and change their colours.
 *
 * @module
 */

import type { Address, Program } from "./system.ts";

const CREATURES = 100;
const COLOURS = 3;

/** Chameneos. */
export const chameneos: Program = {
  name: "chameneos",
  size: 100_000,
  behaviours: {
    mall(context, meetings, driver) {
      let [left, gone, sum] = [meetings, 0, 0];
      let waiting: { creature: Address; colour: number } | undefined;
      return (tag, value, creature) => {
        if (tag === "gone") {
          sum += value;
          if (++gone === CREATURES) context.send(driver, "done", sum);
        } else if (left === 0) {
          context.send(creature!, "closed", 0);
        } else if (waiting === undefined) {
          waiting = { creature: creature!, colour: value };
        } else {
          context.send(waiting.creature, "met", value);
          context.send(creature!, "met", waiting.colour);
          waiting = undefined;
          left--;
        }
      };
    },
    creature(context, first, mall) {
      let [colour, meetings] = [first, 0];
      return (tag, other) => {
        if (tag === "closed") return context.send(mall, "gone", meetings);
        if (tag === "met") {
          meetings++;
          // The third colour, or the same if both have it.
          colour = colour === other ? colour : COLOURS - colour - other;
        }
        context.send(mall, "meet", colour, context.self);
      };
    },
  },
  start(driver, meetings) {
    const mall = driver.spawn("mall", meetings, driver.self);
    for (let i = 0; i < CREATURES; i++) {
      driver.send(driver.spawn("creature", i % COLOURS, mall), "start", 0);
    }
  },
  expected: (meetings) => 2 * meetings,
};

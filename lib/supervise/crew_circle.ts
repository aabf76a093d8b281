/**
 * Whether the threads of a crew wait for each other: each of them blocks until another one runs a call.
 *
 * @module
 */

/** Groups that have a bit each: those beyond are taken to go on. */
export const MAX_GROUPS = 31;

/**
 * True if none of the groups `wanted`, a bit each, will run a call. A group will, if one of its threads does not block in that way, or
 * blocks until a group runs a call that will.
 *
 * @param starts Where each group begins among the threads.
 * @param blocked For each thread the groups that it waits for, a bit each; 0 if it goes on by itself.
 * @param wanted The groups asked for.
 */
export function isCircle(starts: readonly number[], blocked: readonly number[], wanted: number): boolean {
  let going = 0;
  for (let before = -1; before !== going;) {
    before = going;
    starts.forEach((start, group) => {
      const threads = blocked.slice(start, starts[group + 1]);
      if (threads.some((groups) => groups === 0 || (groups & before) !== 0)) going |= 1 << group;
    });
  }
  return (wanted & going) === 0;
}

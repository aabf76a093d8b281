/**
 * What is said of a call's repetitions: by the call, its method, its actor or its class; the first one that says something holds.
 *
 * @module
 */

/** What one of them says; all may be left open. */
export interface RetryWish {
  /** How often the call may be made again; -1 without end. */
  readonly maxRetries?: number | undefined;
  /** Whether it is made again for what the method threw: for anything, or for errors of the classes with these ids. */
  readonly exceptions?: boolean | readonly string[] | undefined;
}

/** What holds for a call that may be made again. */
export interface RetryRule {
  /** How often; `Infinity` without end, never 0. */
  readonly maxRetries: number;
  /** For what the method threw: for anything, or for errors of the classes with these ids. */
  readonly exceptions: boolean | readonly string[];
}

/** The rule of wishes, those that go before others first; `undefined` if the call is never made again. */
export function ruleOf(...wishes: (RetryWish | undefined)[]): RetryRule | undefined {
  const maxRetries = wishes.find((wish) => wish?.maxRetries !== undefined)?.maxRetries ?? 0;
  if (maxRetries === 0) return undefined;
  const exceptions = wishes.find((wish) => wish?.exceptions !== undefined)?.exceptions ?? false;
  return { maxRetries: maxRetries < 0 ? Infinity : maxRetries, exceptions };
}

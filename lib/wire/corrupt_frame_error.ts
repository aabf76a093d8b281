/**
 * What a reader throws at bytes that no writer made.
 *
 * @module
 */

/** Bytes that cannot be a frame. Not one of the public errors: a link that reads it is broken, and ends. */
export class CorruptFrameError extends Error {
  override name = "CorruptFrameError";

  /** @param reason What is wrong, as the end of a sentence. */
  constructor(reason: string, options?: ErrorOptions) {
    super(`Cannot read frame: ${reason}`, options);
  }
}

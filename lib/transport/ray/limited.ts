/**
 * Waits that end before their time.
 *
 * @module
 */

import { GetTimeoutError } from "../../base/errors.ts";
import type { ClientWait } from "./client.ts";

/** A promise's outcome, unless the time ends first. */
export function limited<T>(promise: Promise<T>, { timeout, signal }: ClientWait): Promise<T> {
  if (timeout === undefined && signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason);
    const abort = (): void => end(() => reject(signal!.reason));
    const timer = timeout === undefined ? undefined : setTimeout(() => {
      end(() =>
        reject(
          new GetTimeoutError(`Cannot get a value of the Ray cluster: it is not there after ${timeout} ms`),
        )
      );
    }, timeout);
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      settle();
    };
    signal?.addEventListener("abort", abort);
    promise.then((value) => end(() => resolve(value)), (error) => end(() => reject(error)));
  });
}

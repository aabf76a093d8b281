/**
 * Calls that wait for their arguments.
 *
 * @module
 */

import type { ActorActivity } from "../base/errors.ts";
import type { ActorId } from "../base/ids.ts";
import {
  type CancelHow,
  FAILED,
  PENDING,
  READY,
  Ref,
  type RefObserver,
  type RefSource,
} from "../objects/ref.ts";
import type { CallSettings } from "../wire/call_settings.ts";

/** Who holds calls. */
export interface HeldCallOwner extends RefSource {
  /** The actor's id. */
  readonly actorId: ActorId;
  /** Takes back a call that was held. */
  withdraw(call: HeldCall): void;
}

/** A call that waits for its arguments, or for an earlier one that does. */
export class HeldCall implements RefObserver, RefSource {
  readonly method: number;
  readonly settings: CallSettings;
  readonly args: unknown[];
  readonly ref: Ref;
  readonly onChange: () => void;
  /** Arguments that are not there yet. */
  missing = 0;
  readonly #cell: HeldCallOwner;

  constructor(
    cell: HeldCallOwner,
    method: number,
    settings: CallSettings,
    args: unknown[],
    ref: Ref,
    onChange: () => void,
  ) {
    this.#cell = cell;
    this.method = method;
    this.settings = settings;
    this.args = args;
    this.ref = ref;
    this.onChange = onChange;
  }

  get actorId(): ActorId {
    return this.#cell.actorId;
  }

  /** Starts to wait for the arguments. */
  begin(): void {
    const refs = this.args.filter((arg): arg is Ref => arg instanceof Ref && arg.status === PENDING);
    this.missing = refs.length;
    for (const ref of refs) ref.observe(this);
  }

  settled(): void {
    if (--this.missing === 0) this.onChange();
  }

  activity(): ActorActivity | undefined {
    return this.#cell.activity();
  }

  fulfiller(): number {
    for (const arg of this.args) {
      const fulfiller = arg instanceof Ref && arg.status === PENDING ? arg.source?.fulfiller() : undefined;
      if (fulfiller === this.ref.home.thread) return fulfiller;
    }
    return this.#cell.fulfiller();
  }

  answered(): void {
    this.#cell.answered();
  }

  cancel(ref: Ref, how: CancelHow): void {
    if (how.force) return this.#cell.cancel(ref, how);
    this.#cell.withdraw(this);
  }
}

/** Puts values in the place of refs. False if some are pending. A failed one fails `ref`. */
export function replaceReady(args: unknown[], ref: Ref): boolean {
  let isComplete = true;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (typeof arg !== "object" || !(arg instanceof Ref)) continue;
    if (arg.status === READY) args[i] = arg.value;
    else if (arg.status === FAILED) {
      arg.home.failureRead(arg);
      ref.reject(arg.value);
      return true;
    } else isComplete = false;
  }
  return isComplete;
}

/**
 * The ledger: what of a program's resources is free, who has the rest, and who waits for some. The driver keeps it.
 *
 * Whoever waits is served in the order in which it came. A later one goes first only
 * - if it needs nothing of what an earlier one lacks; or
 * - if its maker has resources itself, which perhaps come back only when it has begun; or
 * - if it is a function, and the earlier one lacks more than functions have: these come to their end, actors perhaps never do.
 *
 * @module
 */

import { type Amounts, CPU, type Demand } from "../define/demand.ts";

/** One that wants resources, has them, or has given them back. */
export interface Claim {
  /** What it wants. */
  readonly demand: Demand;
  /** True for a function, which comes to its end; false for an actor. */
  readonly isTask: boolean;
  /** True if its maker has resources itself. */
  readonly isOfHolder: boolean;
  /** True if it may begin though CPUs are short. */
  readonly mayOverdraw: boolean;
  /** False if there is something else that it waits for. */
  readonly canBegin: boolean;
  /** It has them now. May ask for more, and give them back. */
  granted(): void;
}

/** The resources of one program. */
export class Ledger {
  readonly #free: Map<string, number>;
  /** What functions have. */
  readonly #ofTasks = new Map<string, number>();
  readonly #waiting = new Set<Claim>();
  readonly #granted = new Set<Claim>();
  /** Of those that were granted, functions that wait and have given back their CPUs meanwhile. */
  readonly #resting = new Set<Claim>();
  /** How many of each kind wait or, of functions, have something. */
  readonly #kinds = new Map<string, number>();
  #isServing = false;
  #isStale = false;

  readonly #onChange: () => void;

  /**
   * @param totals What there is.
   * @param onChange Told after each change.
   */
  constructor(totals: Amounts, onChange: () => void = () => {}) {
    this.#free = new Map(totals);
    this.#onChange = onChange;
  }

  /** True if somebody waits. */
  get hasWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** True if somebody waits for whom functions of another kind, of which there may be ever more, are to make room. */
  get isContended(): boolean {
    return this.#waiting.size > 0 && this.#kinds.size > 1;
  }

  /** How much is free, in units; less than 0 after a function that rested goes on. */
  free(name: string): number {
    return this.#free.get(name) ?? 0;
  }

  /** True for a claim that waits. */
  isWaiting(claim: Claim): boolean {
    return this.#waiting.has(claim);
  }

  /** Wants resources: `granted` is called when they are there, perhaps before this returns. */
  ask(claim: Claim): void {
    this.#waiting.add(claim);
    this.#count(claim, 1);
    // The last one changes nothing for those before it.
    if (this.#canHave(claim)) this.serve();
    this.#onChange();
  }

  /** Gives back what a claim has, or no longer waits for. */
  release(claim: Claim): void {
    if (this.#granted.delete(claim)) {
      this.rest(claim, false);
      this.#book(claim, 1);
      if (claim.isTask) this.#count(claim, -1);
    } else if (this.#waiting.delete(claim)) this.#count(claim, -1);
    else return;
    this.serve();
    this.#onChange();
  }

  /** A function waits for something, and needs no CPU meanwhile; or goes on, and has its CPU again, free or not. */
  rest(claim: Claim, isResting: boolean): void {
    if (this.#resting.has(claim) === isResting) return;
    if (isResting) this.#resting.add(claim);
    else this.#resting.delete(claim);
    for (const [name, units] of claim.demand.amounts) {
      if (name === CPU) this.#add(name, isResting ? units : -units, claim.isTask);
    }
  }

  /** Grants what can be granted. */
  serve(): void {
    this.#isStale = true;
    if (this.#isServing) return;
    this.#isServing = true;
    try {
      while (this.#isStale && this.#waiting.size > 0) {
        this.#isStale = false;
        this.#round();
      }
    } finally {
      this.#isServing = false;
    }
  }

  /** Forgets all who wait. */
  close(): void {
    this.#waiting.clear();
    this.#kinds.clear();
  }

  #round(): void {
    // What those that come first lack: for actors, and for functions.
    const lacking = new Set<string>();
    const awaited = new Set<string>();
    for (const claim of this.#waiting) {
      if (!claim.canBegin) continue;
      const isHeldBack = !claim.isOfHolder && this.#isAmong(claim.isTask ? awaited : lacking, claim);
      if (!isHeldBack && this.#canHave(claim)) {
        this.#waiting.delete(claim);
        this.#granted.add(claim);
        this.#book(claim, -1);
        if (!claim.isTask) this.#count(claim, -1);
        claim.granted();
        continue;
      }
      const lacks = claim.demand.amounts.filter(([name, units]) => units > this.free(name));
      const comesBack = lacks.every(([name, units]) =>
        units <= this.free(name) + (this.#ofTasks.get(name) ?? 0)
      );
      for (const [name] of lacks) {
        lacking.add(name);
        if (comesBack) awaited.add(name);
      }
    }
  }

  #isAmong(names: ReadonlySet<string>, { demand, mayOverdraw }: Claim): boolean {
    return names.size > 0 &&
      demand.amounts.some(([name]) => names.has(name) && !(name === CPU && mayOverdraw));
  }

  #canHave({ demand, mayOverdraw }: Claim): boolean {
    for (const [name, units] of demand.amounts) {
      if (units > this.free(name) && !(name === CPU && mayOverdraw)) return false;
    }
    return true;
  }

  #book({ demand, isTask }: Claim, sign: 1 | -1): void {
    for (const [name, units] of demand.amounts) this.#add(name, sign * units, isTask);
  }

  #count({ demand, isTask }: Claim, change: 1 | -1): void {
    const kind = isTask ? demand.key : "an actor";
    const count = (this.#kinds.get(kind) ?? 0) + change;
    if (count === 0) this.#kinds.delete(kind);
    else this.#kinds.set(kind, count);
  }

  #add(name: string, units: number, isTask: boolean): void {
    this.#free.set(name, this.free(name) + units);
    if (isTask) this.#ofTasks.set(name, (this.#ofTasks.get(name) ?? 0) - units);
  }
}

import {
  Actor,
  type ActorHandle,
  getSync,
  kill,
  type ObjectRef,
  remote,
  runtimeContext,
  shared,
  updateShared,
} from "@manta/ray";
import process from "node:process";

/** Where an actor runs that starts again. */

/** Counts, for actors in any thread and process: lives in the driver's thread, and is waited for there. */
@remote({ placement: "inline" })
export class Ledger extends Actor {
  readonly #counts = new Map<string, number>();
  readonly #waiting: { key: string; count: number; resolve: () => void }[] = [];
  count(key: string): number {
    return this.#counts.get(key) ?? 0;
  }
  note(key: string): number {
    const count = this.count(key) + 1;
    this.#counts.set(key, count);
    for (const waiting of this.#waiting) {
      if (waiting.key === key && waiting.count <= count) waiting.resolve();
    }
    return count;
  }
  /** A word, once it was noted. */
  async word(word: string): Promise<string> {
    await this.reached(word);
    return word;
  }
  reset(): void {
    this.#counts.delete("end");
    this.#counts.delete("begun");
  }
  async reached(key: string, count = 1): Promise<void> {
    if (this.count(key) >= count) return;
    await new Promise<void>((resolve) => this.#waiting.push({ key, count, resolve }));
  }
}

/** How the constructor of a later run behaves. */
export type Return = "at once" | "when told" | "crashes once" | "throws";

/** An actor that can be ended in every way, wherever it lives. */
@remote
export class Again extends Actor {
  #count = 0;
  readonly #run: number;
  constructor(readonly ledger: ActorHandle<Ledger>, way: Return = "at once", readonly label = "") {
    super();
    this.#run = getSync(ledger.note.remote("made"));
    if (this.#run === 1) return;
    if (way === "when told") getSync(ledger.reached.remote("go"));
    if (way === "throws") throw new RangeError("not again");
    if (way === "crashes once" && this.#run === 2) process.exit(7);
  }
  run(): number {
    return this.#run;
  }
  add(): number {
    return ++this.#count;
  }
  pid(): number {
    return process.pid;
  }
  who(): unknown[] {
    const { actorId, placement, wasReconstructed } = runtimeContext();
    return [actorId, placement, wasReconstructed, this.label];
  }
  leave(code?: number): void {
    process.exit(code);
  }
  /** Ends its thread just before it would answer, in its first run. */
  crashBefore(): number {
    getSync(this.ledger.note.remote("ran"));
    if (this.#run === 1) process.exit(3);
    return this.#run;
  }
  /** Ends its thread just after it has answered, in its first run. */
  crashAfter(): number {
    getSync(this.ledger.note.remote("ran"));
    if (this.#run === 1) setTimeout(() => process.exit(3), 0);
    return this.#run;
  }
  /** Begins, and ends when told. */
  async after(value: unknown): Promise<unknown> {
    await this.ledger.note.remote("begun");
    await this.ledger.reached.remote("end");
    return value;
  }
  own(): unknown {
    return runtimeContext().currentActor;
  }
}

/** An actor on three threads, each with an instance of its own. */
@remote({ maxConcurrency: 3 })
export class GangAgain extends Actor {
  @shared
  accessor total = 0;
  constructor(readonly ledger: ActorHandle<Ledger>, way: Return = "at once") {
    super();
    const made = getSync(ledger.note.remote("made"));
    if (made <= 3) return;
    if (way === "when told") getSync(ledger.reached.remote("go"));
    if (way === "throws") throw new RangeError("not again");
    if (way === "crashes once" && made === 5) process.exit(7);
  }
  add(): number {
    return updateShared(this, "total", (total) => total + 1);
  }
  who(): unknown[] {
    const { actorId, wasReconstructed } = runtimeContext();
    return [actorId, wasReconstructed];
  }
  leave(code: number): void {
    process.exit(code);
  }
  /** Begins, and holds its thread until it is told to end. */
  after<T>(value: T): T {
    getSync(this.ledger.note.remote("begun"));
    getSync(this.ledger.reached.remote("end"));
    return value;
  }
}

/** Makes the actor, and so owns it; or calls it from a thread of its own. */
@remote
export class Keeper extends Actor {
  /** With an argument that is not there yet. */
  makeLate(
    ledger: ActorHandle<Ledger>,
    options: object,
    { label }: { label: ObjectRef<string> },
  ): ActorHandle<Again> {
    return Again.options(options).remote(ledger, "at once", label);
  }
  /** Of classes that the driver does not know. */
  async carry(options: object): Promise<void> {
    const { Carrier, Parcel } = await import("./unknown_module.ts");
    await Carrier.options(options).remote(new Parcel(3)).weigh.remote();
  }
  makeGang(ledger: ActorHandle<Ledger>, options: object): ActorHandle<GangAgain> {
    return GangAgain.options(options).remote(ledger);
  }
  make(ledger: ActorHandle<Ledger>, options: object, way: Return): ActorHandle<Again> {
    return Again.options(options).remote(ledger, way, "kept");
  }
  async runOf(actor: ActorHandle<Again>): Promise<number> {
    return await actor.run.options({ maxTaskRetries: -1 }).remote();
  }
  /** Calls with what the actor's maker said of retries, and says when. */
  async gangOf(actor: ActorHandle<GangAgain>): Promise<number> {
    return await actor.add.options({ maxTaskRetries: -1 }).remote();
  }
  async callOf(actor: ActorHandle<Again>, ledger: ActorHandle<Ledger>): Promise<number> {
    const run = actor.run.remote();
    await ledger.note.remote("called");
    return await run;
  }
  async afterOf(actor: ActorHandle<Again>): Promise<unknown> {
    return await actor.after.remote("kept");
  }
  async refusalOf(actor: ActorHandle<Again>): Promise<unknown> {
    try {
      return await actor.run.options({ maxTaskRetries: 0 }).remote();
    } catch (error) {
      return (error as Error).name;
    }
  }
  async kill(actor: ActorHandle<Again>, noRestart: boolean): Promise<void> {
    await kill(actor, { noRestart });
  }
}

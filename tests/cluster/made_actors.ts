import {
  Actor,
  type ActorHandle,
  type ActorOptions,
  exitActor,
  get,
  getActor,
  getSync,
  kill,
  listNamedActors,
  type ObjectRef,
  remote,
  runtimeContext,
  TaskError,
} from "@manta/ray";
import process from "node:process";
import { Callee } from "./direct_actors.ts";

/** One that cannot be made. */
@remote
export class Failing extends Actor {
  constructor() {
    super();
    throw new RangeError("no");
  }
  pid(): number {
    return process.pid;
  }
}

/** One that makes others. */
@remote
export class Maker extends Actor {
  readonly #made: ActorHandle<Callee>[] = [];
  #inner: ActorHandle<Maker> | undefined;
  pid(): number {
    return process.pid;
  }
  make(options: ActorOptions = {}): ActorHandle<Callee> {
    const made = Callee.options(options).remote();
    this.#made.push(made);
    return made;
  }
  /** Makes some; their processes, as they say. It blocks meanwhile. */
  pids(count: number, options: ActorOptions = {}): number[] {
    return Array.from({ length: count }, () => this.make(options)).map((one) => getSync(one.pid.remote()));
  }
  variable(name: string): string | undefined {
    return process.env[name];
  }
  /** What variables of the environment are in the process of one that it makes. */
  variables(options: ActorOptions, ...names: string[]): (string | undefined)[] {
    this.#inner = Maker.options(options).remote();
    return names.map((name) => getSync(this.#inner!.variable.remote(name)));
  }
  /** Makes two, gives them to another one at once, and has them back. */
  async give(other: ActorHandle<Maker>): Promise<number[]> {
    const [one, two] = [this.make(), this.make()];
    const handles = await other.take.remote(one, [two]);
    if (handles[0] !== one || handles[1] !== two) throw new Error("they are others");
    return await get(handles.map((made) => made.pid.remote()));
  }
  take(one: ActorHandle<Callee>, [two]: ActorHandle<Callee>[]): ActorHandle<Callee>[] {
    this.#made.push(one, two);
    return [one, two];
  }
  /** What the one that it got last says. */
  async ask(value: unknown): Promise<unknown> {
    return await this.#made.at(-1)!.echo.remote(value);
  }
  order(count: number): number[] {
    const made = this.make();
    for (let i = 0; i < count; i++) made.append.remote(i);
    return getSync(made.log.remote());
  }
  async stream(end: number): Promise<number[]> {
    const items: number[] = [];
    for await (const item of this.make().count.remote(end)) items.push(await item);
    return items;
  }
  async bytes(length: number): Promise<number> {
    return (await this.make().echo.remote(new Uint8Array(length)) as Uint8Array).length;
  }
  /** Passes on a ref of its caller's, and gives one of the made one's. */
  async refs(refs: ObjectRef<string>[]): Promise<unknown> {
    const made = this.make();
    await made.keep.remote(refs);
    return await made.kept.remote();
  }
  /** Has the made one call it back. */
  async callBack(): Promise<number[]> {
    const self = runtimeContext<Maker>().currentActor!;
    return await this.make().meet.remote(self as never, this.make());
  }
  /** Makes one that makes one. */
  async nest(options: ActorOptions = {}): Promise<[number, ActorHandle<Callee>]> {
    this.#inner = Maker.options(options).remote();
    return [await this.#inner.pid.remote(), await this.#inner.make.remote()];
  }
  /** Ends the one that it made last. */
  async end(how: "kill" | "exit" | "crash"): Promise<void> {
    const made = this.#made.at(-1)!;
    if (how === "kill") await kill(made);
    else await Promise.resolve(made[how].remote()).catch(() => {});
  }
  /** One that is disposed of has done its calls. */
  async dispose(): Promise<number> {
    await using made = Callee.remote();
    return await made.pid.remote();
  }
  async fails(): Promise<string> {
    return await Promise.resolve(Failing.remote().pid.remote()).then(String, String);
  }
  async made(options: ActorOptions): Promise<string> {
    try {
      return String(await Callee.options(options).remote().pid.remote());
    } catch (error) {
      return String(error);
    }
  }
  /** What the one of that name says. */
  async find(name: string): Promise<string> {
    try {
      return String(await (await getActor<Callee>(name)).pid.remote());
    } catch (error) {
      return String(error);
    }
  }
  async names(): Promise<string[]> {
    return await listNamedActors();
  }
  /** Of the one that it got last, whose process is killed: it may start again. */
  async again(pid: number): Promise<number> {
    process.kill(pid, "SIGKILL");
    for (;;) {
      try {
        return await this.#made.at(-1)!.pid.remote();
      } catch (error) {
        if (error instanceof TaskError) throw error;
      }
    }
  }
  exit(): void {
    exitActor();
  }
  crash(): void {
    process.kill(process.pid, "SIGKILL");
  }
}

/** One that makes another one when it is made. */
@remote
export class Parent extends Actor {
  readonly #child: ActorHandle<Callee>;
  constructor(name: string) {
    super();
    this.#child = Callee.options({ name }).remote();
  }
  async pids(): Promise<number[]> {
    return [process.pid, await this.#child.pid.remote()];
  }
}

/** A function that makes one. */
export const made = remote(async function made(): Promise<[number, number]> {
  return [process.pid, await Callee.remote().pid.remote()];
}, { module: import.meta.url });

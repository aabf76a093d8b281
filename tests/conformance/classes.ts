import { Actor, remote } from "@manta/ray";

@remote({ maxConcurrency: 3 })
export class Base extends Actor {
  static ofBase(): string {
    return "static";
  }
  constructor(protected readonly start = 1) {
    super();
  }
  value(): number {
    return this.start;
  }
  async inherited(): Promise<string> {
    await Promise.resolve();
    return `base ${this.value()}`;
  }
  overridden(): string {
    return "base";
  }
}

@remote
export class Child extends Base {
  override overridden(): string {
    return `child of ${super.overridden()}`;
  }
  own(): number {
    return this.value() + 1;
  }
}

/** Not declared itself. */
export class Undeclared extends Base {}

/** Without the base class. */
@remote
export class Loose {
  #words: string[] = [];
  say(word: string): number {
    return this.#words.push(word);
  }
}

class Wrapped {
  constructor(readonly factor: number) {}
  times(x: number): number {
    return this.factor * x;
  }
}
export const RemoteWrapped = remote(Wrapped, { placement: "inline" });
export const ThreadWrapped = remote(
  class ThreadWrapped {
    times(x: number): number {
      return 3 * x;
    }
  },
);

/** With the options of the declaration. */
@remote({ placement: "inline" })
export class InlineByDefault extends Actor {
  static runs = 0;
  run(): number {
    return ++InlineByDefault.runs;
  }
}

/** Two names that JavaScript has for other things. */
@remote
export class OddNames extends Actor {
  remote(): string {
    return "remote";
  }
  options(): string {
    return "options";
  }
  name(): string {
    return "name";
  }
  override toString(): string {
    return "local";
  }
  catch(): string {
    return "catch";
  }
  "with space"(): string {
    return "with space";
  }
}

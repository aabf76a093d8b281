// jsr:@std/testing/bdd for a checkout without JSR, on Deno. Not published.
// Every `it` is one `Deno.test`, so that both runtimes count the same tests.
import { type Block, type Body, type Declare, declare, DEFAULT_TIMEOUT, type Options } from "./definition.ts";

class Suite {
  readonly beforeAll: Body[] = [];
  readonly beforeEach: Body[] = [];
  readonly afterEach: Body[] = [];
  readonly afterAll: Body[] = [];
  /** Tests of this suite and the ones inside it that have not ended. */
  remaining = 0;
  #started: Promise<void> | undefined;

  constructor(readonly name: string, readonly options: Options, readonly parent?: Suite) {}

  /** From the outermost to this one. */
  get chain(): Suite[] {
    return this.parent ? [...this.parent.chain, this] : [this];
  }

  /** Runs the `beforeAll` hooks once; where one fails, every test of the suite does. */
  start(): Promise<void> {
    return this.#started ??= runInOrder(this.beforeAll);
  }

  /** Runs the `afterAll` hooks once, if the suite has started. */
  async end(): Promise<void> {
    if (this.#started) await runInOrder(this.afterAll.splice(0));
  }
}

const file = new Suite("", {});
const suites: Suite[] = [];
let current = file;

// `--filter` leaves suites with tests that never run: their afterAll hooks are due at the end of the file.
Deno.test.afterAll(async () => {
  for (const suite of suites.toReversed()) await suite.end();
  await file.end();
});

export const describe: Declare<Block> = declare(({ name, fn, ...options }) => {
  const suite = new Suite(name, { ...current.options, ...options }, current);
  suites.push(suite);
  current = suite;
  try {
    fn();
  } finally {
    current = suite.parent!;
  }
});

export const it: Declare<Body> = declare(({ name, fn, ...own }) => {
  const chain = current.chain;
  const options = { timeout: DEFAULT_TIMEOUT, ...current.options, ...own };
  if (!options.ignore) { for (const suite of chain) suite.remaining++; }
  const path = [...chain.slice(1).map((suite) => suite.name), name].join(" > ");
  Deno.test({ ...options, name: path, fn: () => run(chain, fn) });
});

export const test: Declare<Body> = it;
export const before: (fn: Body) => void = beforeAll;
export const after: (fn: Body) => void = afterAll;

export function beforeAll(fn: Body): void {
  current.beforeAll.push(fn);
}
export function afterAll(fn: Body): void {
  current.afterAll.push(fn);
}
export function beforeEach(fn: Body): void {
  current.beforeEach.push(fn);
}
export function afterEach(fn: Body): void {
  current.afterEach.push(fn);
}

async function run(chain: Suite[], fn: Body): Promise<void> {
  const errors: unknown[] = [];
  const attempt = async (body: Body): Promise<void> => {
    try {
      await body();
    } catch (error) {
      errors.push(error);
    }
  };
  await attempt(async () => {
    for (const suite of chain) await suite.start();
    for (const suite of chain) await runInOrder(suite.beforeEach);
    await fn();
  });
  for (const suite of chain.toReversed()) await attempt(() => runInOrder(suite.afterEach));
  for (const suite of chain.toReversed()) {
    if (--suite.remaining === 0) await attempt(() => suite.end());
  }
  if (errors.length > 1) throw new AggregateError(errors, "The test and a hook after it failed");
  if (errors.length === 1) throw errors[0];
}

async function runInOrder(hooks: readonly Body[]): Promise<void> {
  for (const hook of hooks) await hook();
}

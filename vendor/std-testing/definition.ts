// What `describe` and `it` take, in one shape for both runtimes: of jsr:@std/testing/bdd, what Deno and Bun both can do.

export interface Options {
  ignore?: boolean;
  only?: boolean;
  /** Milliseconds until the test counts as failed. Default: 60,000 on both runtimes. */
  timeout?: number;
  /** Deno only; off unless asked for, as in `Deno.test`. */
  sanitizeOps?: boolean;
  sanitizeResources?: boolean;
  sanitizeExit?: boolean;
}
export type Definition<F> = Options & { name: string; fn: F };
export type Args<F> =
  | [name: string, fn: F]
  | [name: string, options: Options, fn: F]
  | [definition: Definition<F>];

export type Body = () => void | Promise<void>;
export type Block = () => void;

export interface Declare<F> {
  (...args: Args<F>): void;
  only(...args: Args<F>): void;
  skip(...args: Args<F>): void;
  ignore(...args: Args<F>): void;
}

export const DEFAULT_TIMEOUT = 60_000;

/** Makes `describe` or `it`, with `.only`, `.skip` and `.ignore`, of what registers one definition. */
export function declare<F extends Body | Block>(register: (definition: Definition<F>) => void): Declare<F> {
  const variant = (extra: Options) => (...args: Args<F>): void => register({ ...normalize(args), ...extra });
  return Object.assign(variant({}), {
    only: variant({ only: true }),
    skip: variant({ ignore: true }),
    ignore: variant({ ignore: true }),
  });
}

function normalize<F>(args: Args<F>): Definition<F> {
  if (args.length === 1) return args[0];
  if (args.length === 2) return { name: args[0], fn: args[1] };
  return { ...args[1], name: args[0], fn: args[2] };
}

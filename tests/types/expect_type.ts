/** True if two types are the same, not only assignable to each other. */
type Equals<A, B> = (<X>() => X extends A ? 1 : 2) extends (<X>() => X extends B ? 1 : 2) ? true : false;

/** `expectType<string>().of(value)` compiles only if `value` is exactly a `string`. */
export function expectType<Expected>(): {
  of<Actual>(
    value: Actual,
    ...differs: Equals<Actual, Expected> extends true ? [] : [Actual, Expected]
  ): void;
} {
  return { of: () => {} };
}

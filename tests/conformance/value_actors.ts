import { Actor, ObjectRef, remote, serializable, transfer } from "@manta/ray";

@serializable
export class Point {
  label?: string;
  constructor(public x: number, public y: number) {}
  norm(): number {
    return Math.hypot(this.x, this.y);
  }
}

/** With a private field, which only hooks can carry. */
export class Money {
  readonly #cents: number;
  static decoded = 0;
  constructor(cents: number) {
    this.#cents = cents;
  }
  cents(): number {
    return this.#cents;
  }
}
serializable(Money, {
  encode: (money) => ({ cents: money.cents() }),
  decode: (data: { cents: number }) => {
    Money.decoded++;
    return new Money(data.cents);
  },
});

@serializable
export class TreeNode {
  children: TreeNode[] = [];
  parent: TreeNode | undefined;
  constructor(readonly name: string) {}
  add(child: TreeNode): this {
    child.parent = this;
    this.children.push(child);
    return this;
  }
}

/** Not declared serializable. */
export class Plain {
  x = 1;
}

@remote
export class Values extends Actor {
  #kept: unknown;
  echo(value: unknown): unknown {
    return value;
  }
  keep(value: unknown): void {
    this.#kept = value;
  }
  kept(): unknown {
    return this.#kept;
  }
  /** Changes what it was given. */
  spoil(values: unknown[]): void {
    values.push("spoiled");
  }
  /** Gives an array away and changes it in the next turn and at the next call. */
  giveAndSpoil(): unknown {
    const value = ["given"];
    this.#kept = value;
    queueMicrotask(() => value.push("spoiled"));
    return value;
  }
  spoilKept(): void {
    (this.#kept as unknown[]).push("spoiled");
  }
  /** What has one identity among its arguments. */
  same(a: unknown, b: unknown, c: { a: unknown }): boolean[] {
    return [a === b, a === c.a];
  }
  isShared(view: Uint8Array): boolean {
    return view.buffer instanceof SharedArrayBuffer;
  }
  byteAt(view: Uint8Array, index: number): number {
    return view[index];
  }
  write(view: Uint8Array, index: number, value: number): void {
    view[index] = value;
  }
  norm(point: unknown): unknown[] {
    return [point instanceof Point, (point as Point).norm()];
  }
  cents(money: unknown): unknown[] {
    return [money instanceof Money, (money as Money).cents()];
  }
  isTree(node: unknown): unknown[] {
    const tree = node as TreeNode;
    return [tree instanceof TreeNode, tree.children.every((child) => child.parent === tree)];
  }
  describe(value: unknown): string {
    if (value instanceof ObjectRef) return "ref";
    return Object.prototype.toString.call(value);
  }
  give(kind: string): unknown {
    switch (kind) {
      case "function":
        return { deep: [1, { done: () => {} }] };
      case "symbol":
        return [Symbol("s")];
      case "instance":
        return { plain: new Plain() };
      case "promise":
        return { later: Promise.resolve(1) };
      case "getter":
        return {
          get broken(): never {
            throw new RangeError("from a getter");
          },
        };
      default:
        return new Map([["key", new WeakMap()]]);
    }
  }
  #buffer = new ArrayBuffer(0);
  moved(size: number): ArrayBuffer {
    this.#buffer = new ArrayBuffer(size);
    return transfer(this.#buffer, [this.#buffer]);
  }
  left(): number {
    return this.#buffer.byteLength;
  }
  sizeOf(value: ArrayBuffer): number {
    return value.byteLength;
  }
}

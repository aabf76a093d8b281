/**
 * Arrays of numpy's, of the plain types of numbers, as typed arrays.
 *
 * @module
 */

import { isGlobal, PythonGlobal, PythonObject, PythonTuple } from "./python_values.ts";

/** The typed arrays that have a counterpart. */
export type NumberArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

const types: Readonly<Record<string, new (buffer: ArrayBuffer) => NumberArray>> = {
  i1: Int8Array,
  u1: Uint8Array,
  i2: Int16Array,
  u2: Uint16Array,
  i4: Int32Array,
  u4: Uint32Array,
  i8: BigInt64Array,
  u8: BigUint64Array,
  f4: Float32Array,
  f8: Float64Array,
};

/**
 * A numpy array with a shape: what an array of other than one dimension is read as, and one way to write one. A typed array is
 * written as an array of one dimension, but a `Uint8Array` as bytes: `new NumpyArray(bytes)` for those.
 *
 * @example Two rows
 * ```ts
 * import { NumpyArray } from "@manta/ray/ray";
 * import { assertEquals } from "@std/assert";
 *
 * const matrix = new NumpyArray(new Float32Array([1, 2, 3, 4, 5, 6]), [2, 3]);
 * assertEquals(matrix.shape, [2, 3]);
 * ```
 */
export class NumpyArray {
  /** The numbers, the last dimension's side by side. */
  readonly data: NumberArray;
  /** The length of each dimension. */
  readonly shape: readonly number[];

  /**
   * Gives numbers a shape.
   *
   * @param data The numbers, the last dimension's side by side.
   * @param shape The length of each dimension; one dimension unless given.
   * @throws {RangeError} If the shape has another number of places than there are numbers.
   */
  constructor(data: NumberArray, shape: readonly number[] = [data.length]) {
    const places = shape.reduce((product, length) => product * length, 1);
    if (places !== data.length) {
      throw new RangeError(
        `Cannot give ${data.length} numbers the shape [${shape.join(", ")}], which has ${places} places`,
      );
    }
    this.data = data;
    this.shape = shape;
  }
}

/** What numpy calls the type of an array's numbers, its byte order included. */
function typeName(data: NumberArray): string {
  if (data instanceof Uint8ClampedArray) return "u1";
  const found = Object.entries(types).find(([, Type]) => data instanceof Type);
  return `<${found![0]}`;
}

/** The call by which Python makes an array. Its bytes are a `bytearray`, so that it can be changed there. */
export function pythonArray(array: NumpyArray): PythonObject {
  const { data } = array;
  const bytes = new PythonObject(BYTEARRAY, [new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]);
  return new PythonObject(NDARRAY, [new PythonTuple(array.shape), typeName(data), bytes]);
}

const BYTEARRAY = new PythonGlobal("builtins", "bytearray");
const NDARRAY = new PythonGlobal("numpy", "ndarray");

/** An array or a number of numpy's as it is called for in a pickle; `undefined` if it is none, or not of a plain type. */
export function numpyValue(object: PythonObject): unknown {
  const [first, second, shape, order] = object.args;
  // What `pythonArray` makes.
  if (isGlobal(object.callable, "numpy", "ndarray") && typeof second === "string") {
    const name = second.slice(1);
    return makeArray(shape, Object.hasOwn(types, name) ? types[name] : undefined, first, false);
  }
  if (isNumpy(object.callable, "numeric", "_frombuffer")) {
    return makeArray(first, plainType(second), shape, order === "F");
  }
  if (isNumpy(object.callable, "multiarray", "scalar")) {
    const array = makeArray(second, plainType(first), [], false);
    return array instanceof NumpyArray ? scalar(array.data[0]) : undefined;
  }
  // `_reconstruct` makes an empty array, which has all of it in its state.
  if (!isNumpy(object.callable, "multiarray", "_reconstruct") || !Array.isArray(object.state)) {
    return undefined;
  }
  const [, ownShape, type, isFortran, bytes] = object.state;
  return makeArray(bytes, plainType(type), ownShape, isFortran === true);
}

function scalar(value: number | bigint): number | bigint {
  return typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function isNumpy(callable: unknown, module: string, name: string): boolean {
  return isGlobal(callable, `numpy._core.${module}`, name) ||
    isGlobal(callable, `numpy.core.${module}`, name);
}

/** The type of the numbers, from `numpy.dtype("f4", False, True)` with its state `(3, "<", …)`. */
function plainType(dtype: unknown): (new (buffer: ArrayBuffer) => NumberArray) | undefined {
  if (!(dtype instanceof PythonObject) || !isGlobal(dtype.callable, "numpy", "dtype")) return undefined;
  const name = dtype.args[0];
  const order = Array.isArray(dtype.state) ? dtype.state[1] : undefined;
  if (typeof name !== "string" || !Object.hasOwn(types, name)) return undefined;
  return order === "<" || order === "|" ? types[name] : undefined;
}

function makeArray(
  bytes: unknown,
  Type: (new (buffer: ArrayBuffer) => NumberArray) | undefined,
  shape: unknown,
  isFortran: boolean,
): unknown {
  if (Type === undefined || !(bytes instanceof Uint8Array) || !Array.isArray(shape)) return undefined;
  if (!shape.every((length) => Number.isSafeInteger(length) && length >= 0)) return undefined;
  const places = shape.reduce((product, length) => product * length, 1);
  const { BYTES_PER_ELEMENT } = Type as unknown as { BYTES_PER_ELEMENT: number };
  if (places * BYTES_PER_ELEMENT !== bytes.length) return undefined;
  // Bytes out of a pickle have a buffer of their own; others have it shared, and may lie askew in it.
  const isOwn = bytes.buffer instanceof ArrayBuffer && bytes.buffer.byteLength === bytes.length;
  const data = new Type(isOwn ? bytes.buffer as ArrayBuffer : bytes.slice().buffer);
  if (shape.length === 1) return data;
  return new NumpyArray(isFortran ? byRows(data, shape) : data, shape as number[]);
}

/** The numbers of an array that has the first dimension's side by side, the other way round. */
function byRows(data: NumberArray, shape: number[]): NumberArray {
  const rows = data.slice();
  const place = shape.map(() => 0);
  const strides: number[] = [];
  shape.reduce((stride, length) => {
    strides.push(stride);
    return stride * length;
  }, 1);
  for (let i = 0; i < rows.length; i++) {
    const from = place.reduce((sum, index, dimension) => sum + index * strides[dimension], 0);
    rows[i] = data[from];
    for (let d = shape.length - 1; d >= 0 && ++place[d] === shape[d]; d--) place[d] = 0;
  }
  return rows;
}

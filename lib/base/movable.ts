/**
 * What can be moved between threads.
 *
 * @module
 */

/**
 * What `transfer` moves in place of copying it. Shared memory may be in the list, as any view's `buffer` may be some by its type; it is
 * shared as always.
 */
export type Movable = ArrayBufferLike | MessagePort | ReadableStream | WritableStream | TransformStream;

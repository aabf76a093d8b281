/**
 * What one thread says to another. A frame is a header of two words and a body:
 *
 * ```text
 * word 0: length of the body in bytes
 * word 1: kind (8 bits) · flags (8 bits) · aux (16 bits)
 * body:   as below, padded to whole words
 * ```
 *
 * @module
 */

/** The kinds of frame, and what stands in each body. */
export const Frame = {
  /** Run a method; aux: its index. Body: actor u32, slot u32, settings (call_settings.ts), count varint, values. */
  call: 1,
  /** A call's or fetch's value. Body: slot u32, value. */
  result: 2,
  /** A call's or fetch's failure. Body: slot u32, {@linkcode FailureKind} u8, task name, actor id, thrown value. */
  failure: 3,
  /**
   * Make an actor; aux: 1 if it is detached. Body: actor u32, module, name, maxConcurrency u32, maxPendingCalls f64, count varint,
   * values.
   */
  create: 4,
  /** The actor announced will never be. Body: actor u32, thrown value. */
  createFailed: 5,
  /** A link to a third thread. Body: thread u32, slot u32, link number u32. Aside: memory and port. */
  introduce: 6,
  /** Send the value behind a ref. Body: slot u32, ref f64. */
  fetch: 7,
  /** The sender needs its copies of a ref no more. Body: ref f64, count u32. */
  release: 8,
  /** The sender passed a ref on. Body: ref f64, thread u32. */
  hold: 9,
  /** End an actor that lives inline in the receiver, or that it stands for. Body: actor u32, may start again u8. */
  kill: 10,
  /** An actor of the sender has ended. Body: actor u32, thrown value. */
  actorEnded: 11,
  /** Run a remote function. Body: slot u32, module, name, settings, count varint, values. */
  task: 12,
  /** Lend a worker for tasks. Body: request u32, what a task needs (demand.ts). */
  leaseWanted: 13,
  /** A worker is lent. Body: request u32, thread u32. */
  leaseGranted: 14,
  /** A lent worker is given back. Body: thread u32. */
  leaseReturned: 15,
  /** Hand an end of a link on to a third thread; for the driver, who has links to all. Body: thread u32, slot u32. Aside: the end. */
  relay: 16,
  /** Cancel a call. Body: actor u32 (0 for a task), slot u32, recursive u8. */
  cancel: 17,
  /** Cancel the call behind a ref of the receiver. Body: ref f64, recursive u8, force u8. */
  cancelRef: 18,
  /** End an actor once it has done the calls that came before. Body: actor u32. */
  retire: 19,
  /** An item of a stream. Body: slot u32, index f64, value. */
  item: 20,
  /** The items of a stream that are below an index are read. Body: slot u32, index f64. */
  itemsTaken: 21,
  /** Nobody reads a stream any more. Body: slot u32. */
  streamStop: 22,
  /** An actor has a name; for the driver. Body: thread u32, slot u32, actor u32, its class as JSON. */
  named: 23,
  /** Send the class of an actor that has a name; to the driver. Body: slot u32, thread u32, slot u32, actor u32. */
  shapeWanted: 24,
  /** Start the thread of a detached actor; for the driver. Body: thread u32, slot u32, module. Aside: its end of a link. */
  startDetached: 25,
  /** A restarted actor of the sender's has been constructed. Body: actor u32. */
  actorReady: 26,
  /** To an actor's owner: where is it? Body: first thread u32, its number there u32, restarts known of u32. */
  actorWanted: 27,
  /**
   * The answer, once it is there. Body: first thread u32, its number there u32, restarts u32, thread u32, slot u32, actor u32, 1 u8
   * and its crew, or 0 u8. Aside: a link's end, or the crew's memory.
   */
  actorAt: 28,
  /** The other answer: it has ended for good. Body: first thread u32, its number there u32, thrown value. */
  actorGone: 29,
  /** To an actor's owner: end it. Body: first thread u32, its number there u32, 1 to start it again u8. */
  stopActor: 30,
  /** The receiver's actor is one of a crew. Body: its place u32, the actor's first thread u32, the crew. Aside: memory of the crew and of its fields. */
  join: 31,
  /** Run a method on a crew's thread, which the sender has taken; as `call`. */
  crewCall: 32,
  /**
   * Make an actor beyond a bridge. Body: actor u32, its id, module, shape as JSON, maxConcurrency u32, isSerial u8,
   * maxPendingCalls f64, 1 u8 with namespace and name or 0 u8, the program's namespace, restarts u32, 1 u8 with what is
   * said of its restarts (to a bridge), or 0 u8, count varint, values.
   */
  createBeyond: 33,
  /** The actor that the process was started for has ended. Body: ending u8, text, 1 u8 and thrown value, or 0 u8. */
  processEnded: 34,
  /** An actor of the receiver's pool thread will be made. Body: actor u32, owner's thread u32, its slot u32. */
  expectActor: 35,
  /** End an actor of the receiver's, for the actor that made it has ended. Body: actor u32. */
  makerEnded: 36,
  /** What has happened in the sender; for the driver. Body: a value, an array of events. */
  events: 37,
  /** How busy are your actors? Body: question u32. */
  loadWanted: 38,
  /** So busy. Body: question u32, count varint, then of each: actor id, running u32, queued u32. */
  loads: 39,
  /** The sender passed a handle on. Body: actor u32, thread u32. */
  holdActor: 40,
  /** The sender has handles no more. Body: actor u32, count u32. */
  releaseActor: 41,
  /** A worker is not needed any more that was asked for. Body: request u32. */
  leaseUnwanted: 42,
  /**
   * An actor that the sender has made needs resources; for the driver. Body: its id, its thread u32, slot u32, what is so of it u8
   * (admission.ts), what it needs.
   */
  admissionWanted: 43,
  /** It may begin. Body: its id. */
  admitted: 44,
  /** It needs them no more; or, from the driver: it has ended, and waits no more. Body: its id. */
  admissionOver: 45,
  /**
   * The sender has made a detached actor that may be restarted; for the driver. Body: its thread u32, slot u32, its fault settings,
   * isSerial u8, maxConcurrency u32, maxPendingCalls f64, 1 u8 with what it needs or 0 u8, module, shape as JSON.
   */
  handOver: 46,
  /** Its arguments. Body: thread u32, count varint, values. */
  handArguments: 47,
} as const;

/** The number of a frame's kind. */
export type FrameKind = typeof Frame[keyof typeof Frame];

/** The highest kind there is. */
export const LAST_FRAME: number = Math.max(...Object.values(Frame));

/** How a failed call failed: its own code threw, or the system could not run it. */
export const FailureKind = {
  /** The method or function threw. */
  thrown: 0,
  /** The error is the system's own, such as `ActorDiedError`. */
  system: 1,
} as const;

/** The flag of a frame with a message beside it on the link's port. */
export const HAS_ASIDE = 1;

/** The size of a header in words. */
export const HEADER_WORDS = 2;

/** The longest body, in bytes: beyond it a frame is refused. */
export const MAX_BODY = 1 << 30;

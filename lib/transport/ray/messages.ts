/**
 * The messages of Ray Client's protocol that a client needs: names and numbers as in the descriptors of Ray 2.58.0
 * (`ray.core.generated.ray_client_pb2.DESCRIPTOR`).
 *
 * @module
 */

import { type ContentOf, Message } from "./protobuf.ts";

/** Pickled options. */
const Options = new Message({ pickled: [1, "bytes"] });

/** What a task is. */
export const TaskKind = { function: 0, actor: 1, method: 2, namedActor: 4 } as const;

const Task = new Message({
  kind: [1, "int"],
  name: [2, "string"],
  target: [3, "bytes"],
  clientId: [6, "string"],
  options: [7, Options],
  baseline: [8, Options],
  namespace: [9, "string"],
  data: [10, "bytes"],
  chunk: [11, "int"],
  chunks: [12, "int"],
});
const Ticket = new Message({ valid: [1, "bool"], ids: [2, "bytes", "repeated"], error: [3, "bytes"] });

const Put = new Message({
  data: [1, "bytes"],
  chunk: [3, "int"],
  chunks: [4, "int"],
  size: [5, "int"],
});
const PutAnswer = new Message({ id: [1, "bytes"], valid: [2, "bool"], error: [3, "bytes"] });

const Get = new Message({ isAsync: [3, "bool"], ids: [4, "bytes", "repeated"], firstChunk: [5, "int"] });
const GetAnswer = new Message({
  valid: [1, "bool"],
  data: [2, "bytes"],
  error: [3, "bytes"],
  chunk: [4, "int"],
  chunks: [5, "int"],
  size: [6, "int"],
});
/** The content of the answer to a request for a value. */
export type GetContent = ContentOf<typeof GetAnswer>;

const Release = new Message({ ids: [1, "bytes", "repeated"] });

const Terminate = new Message({
  clientId: [1, "string"],
  actor: [2, new Message({ id: [1, "bytes"], noRestart: [2, "bool"] })],
  task: [3, new Message({ id: [1, "bytes"], force: [2, "bool"], recursive: [3, "bool"] })],
});
const Ok = new Message({ ok: [1, "bool"] });

const Init = new Message({ jobConfig: [1, "bytes"], initKwargs: [2, "string"], gracePeriod: [3, "int"] });
const InitAnswer = new Message({ ok: [1, "bool"], message: [2, "string"] });

const Empty = new Message({});
const ServerAnswer = new Message({
  clients: [1, "int"],
  rayVersion: [2, "string"],
  rayCommit: [3, "string"],
  pythonVersion: [4, "string"],
});

const NamedActors = new Message({ allNamespaces: [1, "bool"] });
const NamedActorsAnswer = new Message({ json: [1, "string"] });

/** A request of the data stream. One field beside the number. */
export const DataRequest = new Message({
  number: [1, "int"],
  get: [2, Get],
  put: [3, Put],
  release: [4, Release],
  server: [5, Empty],
  init: [6, Init],
  cleanUp: [8, Empty],
  acknowledge: [9, new Message({ number: [1, "int"] })],
  task: [10, Task],
  terminate: [11, Terminate],
  namedActors: [12, NamedActors],
});
/** A request's content. */
export type DataRequestContent = ContentOf<typeof DataRequest>;
/** A task's content. */
export type TaskContent = ContentOf<typeof Task>;
/** The content of the answer to a task. */
export type TicketContent = ContentOf<typeof Ticket>;

/** An answer of the data stream. */
export const DataResponse = new Message({
  number: [1, "int"],
  get: [2, GetAnswer],
  put: [3, PutAnswer],
  release: [4, Empty],
  server: [5, ServerAnswer],
  init: [6, InitAnswer],
  cleanUp: [8, Empty],
  ticket: [10, Ticket],
  terminate: [11, Ok],
  namedActors: [12, NamedActorsAnswer],
});
/** An answer's content. */
export type DataResponseContent = ContentOf<typeof DataResponse>;

/** What `ClusterInfo` is asked for. */
export const ClusterInfoKind = {
  nodes: 1,
  totalResources: 2,
  availableResources: 3,
  context: 4,
  ping: 6,
} as const;

const ResourceTable = new Message({
  entries: [1, new Message({ key: [1, "string"], value: [2, "double"] }), "repeated"],
});
const ContextAnswer = new Message({
  jobId: [1, "bytes"],
  nodeId: [2, "bytes"],
  namespace: [3, "string"],
  gcsAddress: [6, "string"],
});

/** Asks about the cluster. */
export const ClusterInfo = new Message({ kind: [1, "int"] });
/** What is told of it. */
export const ClusterInfoAnswer = new Message({
  kind: [1, "int"],
  json: [2, "string"],
  resources: [3, ResourceTable],
  context: [4, ContextAnswer],
});

/** Which objects are ready. */
export const Wait = new Message({
  ids: [1, "bytes", "repeated"],
  count: [2, "int"],
  seconds: [3, "double"],
  clientId: [4, "string"],
});
/** The objects that are ready, and those that are not. */
export const WaitAnswer = new Message({
  valid: [1, "bool"],
  ready: [2, "bytes", "repeated"],
  pending: [3, "bytes", "repeated"],
});

/** Messages of the key-value store. */
export const Store = {
  has: new Message({ key: [1, "bytes"], namespace: [2, "bytes"] }),
  hasAnswer: new Message({ exists: [1, "bool"] }),
  get: new Message({ key: [1, "bytes"], namespace: [2, "bytes"] }),
  getAnswer: new Message({ value: [1, "bytes"] }),
  set: new Message({
    key: [1, "bytes"],
    value: [2, "bytes"],
    overwrite: [3, "bool"],
    namespace: [4, "bytes"],
  }),
  setAnswer: new Message({ existed: [1, "bool"] }),
  delete: new Message({ key: [1, "bytes"], byPrefix: [2, "bool"], namespace: [3, "bytes"] }),
  deleteAnswer: new Message({ count: [1, "int"] }),
  keys: new Message({ prefix: [1, "bytes"], namespace: [2, "bytes"] }),
  keysAnswer: new Message({ keys: [1, "bytes", "repeated"] }),
  pin: new Message({ uri: [1, "string"], seconds: [2, "int"] }),
  pinAnswer: Empty,
};

/** Says which log records are wanted. */
export const LogSettings = new Message({ enabled: [1, "bool"], level: [2, "int"] });
/** A log record. */
export const LogRecord = new Message({ text: [1, "string"], level: [2, "int"], name: [3, "string"] });

/**
 * The cluster's key-value store, over a connection.
 *
 * @module
 */

import type { ClusterStore } from "./client.ts";
import { Store } from "./messages.ts";

/** Makes a call with one answer; `isChange` if it must not happen twice. */
export type UnaryCall = (method: string, request: Uint8Array, isChange?: boolean) => Promise<Uint8Array>;

/** The store. */
export function clusterStore(call: UnaryCall): ClusterStore {
  return {
    async get(key, namespace) {
      return Store.getAnswer.decode(await call("KVGet", Store.get.encode({ key, namespace }))).value;
    },
    async has(key, namespace) {
      return Store.hasAnswer.decode(await call("KVExists", Store.has.encode({ key, namespace }))).exists ===
        true;
    },
    async set(key, value, { overwrite = false, namespace } = {}) {
      const request = Store.set.encode({ key, value, overwrite, namespace });
      return Store.setAnswer.decode(await call("KVPut", request, true)).existed === true;
    },
    async delete(key, { byPrefix = false, namespace } = {}) {
      const request = Store.delete.encode({ key, byPrefix, namespace });
      return Store.deleteAnswer.decode(await call("KVDel", request, true)).count ?? 0;
    },
    async keys(prefix, namespace) {
      const answer = Store.keysAnswer.decode(await call("KVList", Store.keys.encode({ prefix, namespace })));
      return [...answer.keys ?? []];
    },
    async pin(uri, seconds) {
      await call("PinRuntimeEnvURI", Store.pin.encode({ uri, seconds }));
    },
  };
}

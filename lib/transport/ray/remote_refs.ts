/**
 * What stands for the cluster's own objects and actors in values that cross.
 *
 * @module
 */

/** An object in the cluster, by its id. */
export class ObjectRefId {
  /** Ray's id of the object. */
  readonly id: Uint8Array;

  /** @param id Ray's id. */
  constructor(id: Uint8Array) {
    this.id = id;
  }
}

/** An actor in the cluster, by its id. */
export class ActorRef {
  /** Ray's id of the actor. */
  readonly id: Uint8Array;

  /** @param id Ray's id. */
  constructor(id: Uint8Array) {
    this.id = id;
  }
}

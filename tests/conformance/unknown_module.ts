/** A module that the driver never loads: a worker imports it. No tests in here. */

import { Actor, remote, serializable } from "@manta/ray";
import process from "node:process";

@serializable
export class Parcel {
  constructor(readonly weight: number) {}
  double(): number {
    return this.weight * 2;
  }
}

@remote
export class Carrier extends Actor {
  constructor(readonly parcel: Parcel) {
    super();
  }
  weigh(): number {
    return this.parcel.double();
  }
  leave(): void {
    process.exit(3);
  }
}

/**
 * The gateway's class, of which drivers know the shape only.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { ClusterGateway } from "../../../lib/cluster/gateway.ts";
import { definitions } from "../../../lib/runtime/current.ts";
import { gatewayShape } from "../../../lib/runtime/gateway.ts";

describe("the gateway", () => {
  it("its shape is that of its declaration", () => {
    const { isInternal, ...shape } = gatewayShape;
    assertEquals([definitions.ofClass(ClusterGateway)?.shape, isInternal], [shape, true]);
  });
});

import { jobs } from "../../rows/jobs.ts";
import type { Capnweb } from "../capnweb.ts";
import { load } from "../load.ts";

const scope = globalThis as unknown as {
  onmessage: (event: { data: MessagePort }) => void;
};

// The handler is there before the package is loaded, which takes longer than the first message.
const port = new Promise<MessagePort>((resolve) => {
  scope.onmessage = ({ data }) => resolve(data);
});
const { newMessagePortRpcSession, RpcTarget } = await load<Capnweb>("capnweb");

class Jobs extends RpcTarget {
  same(value: unknown): unknown {
    return jobs.same(value);
  }

  count(value: unknown): number {
    return jobs.count(value);
  }

  ends(bytes: Uint8Array): number {
    return jobs.ends(bytes);
  }

  spin(rounds: number): number {
    return jobs.spin(rounds);
  }
}

newMessagePortRpcSession(await port, new Jobs());

/**
 * Either worker of the control of two.
 *
 * @module
 */

import { callMany } from "./calling.ts";

type Order =
  | readonly [what: "answer" | "call", port: MessagePort]
  | readonly [what: "run", calls: number, window: number];

const scope = globalThis as unknown as {
  onmessage: (event: { data: Order }) => void;
  postMessage(message: unknown): void;
};

const pending = new Map<number, (value: number) => void>();
let port: MessagePort;
let nextId = 0;

function call(value: number): Promise<number> {
  return new Promise((resolve) => {
    pending.set(nextId, resolve);
    port.postMessage([nextId++, value]);
  });
}

scope.onmessage = async ({ data }) => {
  if (data[0] === "run") {
    return scope.postMessage(await callMany(data[1], data[2], call));
  }
  const answers = data[0] === "answer";
  port = data[1];
  port.onmessage = ({ data: [id, value] }) => {
    if (answers) return port.postMessage([id, value]);
    pending.get(id)!(value);
    pending.delete(id);
  };
};

/**
 * The Web Worker of the `postMessage` row.
 *
 * @module
 */

import { answer } from "./post_message_answer.ts";

const scope = globalThis as unknown as {
  onmessage: (event: { data: unknown }) => void;
  postMessage(message: unknown): void;
};

scope.onmessage = ({ data }) => scope.postMessage(answer(data));

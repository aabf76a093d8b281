/**
 * The Web Worker of the `postMessage` row.
 *
 * @module
 */

import { answer, type Reply } from "./post_message_answer.ts";

const scope = globalThis as unknown as {
  onmessage: (event: { data: unknown }) => void;
  postMessage(...reply: Reply): void;
};

scope.onmessage = ({ data }) => scope.postMessage(...answer(data));

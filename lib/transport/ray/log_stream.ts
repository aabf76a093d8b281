/**
 * What workers print, and the server's log records.
 *
 * @module
 */

import type { LogEntry } from "./client.ts";
import type { Connection } from "./connection.ts";
import type { GrpcStream } from "./grpc.ts";
import { LogRecord, LogSettings } from "./messages.ts";

/** Python's level of informative records, the least that is asked for. */
const INFO = 20;
/** Milliseconds before a broken stream is opened again. */
const PAUSE = 500;

/**
 * Reads the logs; what is logged while the connection is broken is lost.
 *
 * @param connection The connection.
 * @param onLog Who is told.
 * @returns Ends it.
 */
export function followLogs(connection: Connection, onLog: (entry: LogEntry) => void): () => void {
  let hasEnded = false;
  let stream: GrpcStream;
  const open = (): void => {
    stream = connection.stream("RayletLogStreamer/Logstream");
    stream.on("data", (message) => {
      const { text = "", level = 0 } = LogRecord.decode(message);
      try {
        onLog({ text, level: level === -1 ? "stdout" : level === -2 ? "stderr" : level });
      } catch (error) {
        // The listener's own; the stream goes on.
        reportError(error);
      }
    });
    stream.on("error", () => {
      if (hasEnded) return;
      setTimeout(() => {
        if (!hasEnded) open();
      }, PAUSE);
    });
    stream.write(LogSettings.encode({ enabled: true, level: INFO }));
  };
  open();
  return () => {
    hasEnded = true;
    stream.cancel();
  };
}

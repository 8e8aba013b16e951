/** The thread that owns the database, so that no fsync ever blocks a socket. */

import { failureOf } from "./failure.ts";
import { engineErrorOf } from "./sqlite-error.ts";
import { SqliteService } from "./sqlite-service.ts";
import type { FromEngine, ToEngine } from "./worker-messages.ts";

declare const self: Worker;

let service: SqliteService | undefined;

self.onmessage = ({ data }: MessageEvent<FromEngine>) => {
  const answer = answerTo(data);
  if (answer !== undefined) self.postMessage(answer);
};

function answerTo(message: FromEngine): ToEngine | undefined {
  switch (message.kind) {
    case "open":
      try {
        service = new SqliteService(message.options);
        return { kind: "opened", warnings: service.warnings };
      } catch (error) {
        return { kind: "refused", failure: failureOf(engineErrorOf(error)) };
      }
    case "connect":
      service?.connect(message.port);
      return undefined;
    case "close":
      service?.close();
      return { kind: "closed" };
  }
}

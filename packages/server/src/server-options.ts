import type { FanfareServer } from "./fanfare-server.ts";
import type { Patience } from "./gateway/heartbeat.ts";
import type { HttpAnswers } from "./gateway/http-handler.ts";
import type { Clock } from "./hub/ports.ts";
import type { Log } from "./telemetry/log.ts";

/** What no configuration sets: for tests, and for programs that embed the server. */
export interface ServerOptions extends HttpAnswers {
  /** What has to be ready before anybody is served: where it fails, the server does not start. */
  readonly prepare?: (server: FanfareServer) => Promise<void>;
  readonly patience?: Patience;
  /** The machine's, unless given. */
  readonly clock?: Clock;
  readonly log?: Log;
  /** What travels when the server stops gets so many ms to arrive. */
  readonly farewellMs?: number;
  /** The engine is gone for good. What was acknowledged is kept; a new start is all that helps. */
  readonly onLost?: () => void;
  /** A fault of ours, met while serving a client. */
  readonly onFault?: (error: unknown) => void;
}

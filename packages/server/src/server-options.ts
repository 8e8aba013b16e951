import type { Engine } from "./engines/engine.ts";
import type { FanfareServer } from "./fanfare-server.ts";
import type { HttpHandlers } from "./gateway/http-handler.ts";
import type { Clock } from "./hub/ports.ts";
import type { Log } from "./telemetry/log.ts";

/** What no configuration sets: for tests, and for programs that embed the server. */
export interface ServerOptions extends HttpHandlers {
  /**
   * Keeps the rooms' logs instead of the configured engine; see `@fanfare/server/engine`. The caller closes it, after
   * the server has stopped: several servers may share one. Revocations of tokens are then kept in memory alone.
   * Experimental.
   */
  readonly engine?: Engine;
  /** Runs before the first client is admitted; where it rejects, the server does not start. */
  readonly prepare?: (server: FanfareServer) => Promise<void>;
  /** Left out, the machine's. */
  readonly clock?: Clock;
  readonly log?: Log;
  /** Ms for frames to arrive before the first and after the last close of a drain. */
  readonly drainGraceMs?: number;
  /** Called when the engine is lost for good: acknowledged messages are kept, and only a restart helps. */
  readonly onLost?: () => void;
  /** A fault of the server, met while serving a client. */
  readonly onFault?: (error: unknown) => void;
}

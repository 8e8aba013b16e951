import type { Authorize } from "./api/access.ts";
import type { Hub } from "./hub/hub.ts";
import type { Service } from "./hub/service.ts";

/** A server that runs. */
export interface FanfareServer {
  /** Where it listens. */
  readonly url: URL;
  readonly hub: Hub;
  /** A part of this program that publishes under `name`, also where nobody else may (SPEC ROOM-4). */
  service(name: string): Service;
  /** Who asks over HTTP, and what that one may do: for handlers of `http`. */
  readonly authorize: Authorize;
  /** Reads the certificate again, if there is one; a bad one is logged, and changes nothing. */
  reload(): void;
  /** Settles what was being published, sends everyone away, and lets go of everything (SPEC STOP-1). */
  stop(): Promise<void>;
}

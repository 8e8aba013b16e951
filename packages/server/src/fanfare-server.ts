import type { Authorize } from "./api/access.ts";
import type { Hub } from "./hub/hub.ts";
import type { Service } from "./hub/service.ts";

/** A server that runs. */
export interface FanfareServer {
  /** Where it listens. */
  readonly url: URL;
  readonly hub: Hub;
  /** A part of this program that publishes as `name`, also where clients may not (SPEC ROOM-4). */
  service(name: string): Service;
  /** Who sends an HTTP request, and what it may do: for handlers of `http`. */
  readonly authorize: Authorize;
  /** Reads the certificate again, if there is one; where it is bad, logs that and keeps the old one. */
  reload(): void;
  /** Commits what was being published, closes all connections, and releases everything (SPEC STOP-1). */
  stop(): Promise<void>;
}

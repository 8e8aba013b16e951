import type { RoomLogs } from "../broker/room-logs.ts";
import type { Page, PageLimit, Range } from "../engine.ts";

/** Where a `LocalEngine` keeps the logs of all rooms. */
export interface LocalLogs extends RoomLogs {
  /** As `EngineNode.read`. @throws {EngineError} `unavailable` or `damaged`. */
  page(room: string, range: Range, limit: PageLimit): Page;
  /** Called now and then: forgets what age alone removes. @param now in ms since 1970 */
  forgetOld(now: number): void;
}

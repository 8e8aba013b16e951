/**
 * Where a broker keeps messages: all that differs between engines that live in one process. A publish goes on in
 * `SqliteLogs.commit` or `MemoryLogs.commit`.
 */
import type { Append, Outcome } from "../engine.ts";

export interface RoomLogs {
  /**
   * Judges and keeps the appends in their order, as one commit; earlier ones count for later ones.
   * @returns an outcome for each, in the same order.
   * @throws {EngineError} `unavailable` if the commit failed: nothing was kept, and nothing remembered.
   */
  commit(appends: readonly Append[]): Outcome[];
  /** The committed end of a room's log; `head` 0 if it has no messages. @throws {EngineError} if it cannot be read. */
  position(room: string): { readonly epoch: string; readonly head: number };
}

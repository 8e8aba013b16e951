/** How much may wait, anywhere in the hub (SPEC FLOW-1 to FLOW-3). Bytes and milliseconds. */
export interface Bounds {
  /** Publishes of one connection that are not committed yet; past it, its socket is not read. */
  readonly uncommittedPerConnection: number;
  readonly uncommittedPerNode: number;
  /** A replay sends its next piece once no more than this waits for the client. */
  readonly replayAhead: number;
  /** Messages kept in memory for joins: over all rooms, and for one. */
  readonly tailPerNode: number;
  readonly tailPerRoom: number;
  /** Reads of the log that one node has under way. */
  readonly reads: number;
  /** Joins and history requests of one connection that wait for the engine; past it, its socket is not read. */
  readonly requestsPerConnection: number;
  readonly roomsPerConnection: number;
  /** Among its rooms: every message of the node is compared with them. */
  readonly patternsPerConnection: number;
  /** How long a user who left may come back unnoticed. */
  readonly presenceGraceMs: number;
  /** A typing user who says nothing more has stopped. */
  readonly typingMs: number;
  readonly helloMs: number;
}

export const DEFAULT_BOUNDS: Bounds = {
  uncommittedPerConnection: 1024 * 1024,
  uncommittedPerNode: 64 * 1024 * 1024,
  replayAhead: 256 * 1024,
  tailPerNode: 64 * 1024 * 1024,
  tailPerRoom: 8 * 1024 * 1024,
  reads: 16,
  requestsPerConnection: 64,
  roomsPerConnection: 1000,
  patternsPerConnection: 100,
  presenceGraceMs: 5_000,
  typingMs: 6_000,
  helloMs: 10_000,
};

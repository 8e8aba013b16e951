/** Numbers that hold unless configured. Sizes in bytes, times in milliseconds. */
export const LIMITS = {
  /** Largest frame a client may send. */
  frameIn: 64 * 1024,
  /** A batch is split so that no frame the server sends grows past this, one message apart. */
  frameOut: 256 * 1024,
  /** Levels of arrays and objects in a client's frame. */
  depth: 64,
  roomName: 128,
  /** Characters (code points). */
  userName: 64,
  typeName: 64,
  messageId: 64,
  publisherMin: 16,
  publisherMax: 64,
  /** Characters of a token. */
  token: 8192,
  roomsPerConnection: 1000,
  /** Messages replayed by `history` of a join, and in one page of the `history` op. */
  historyPerJoin: 1000,
  historyPerPage: 1000,
  typesPerFilter: 16,
  /** Publishes of one publisher that may be unanswered in one room. */
  inFlight: 64,
  /** Members named in presence; past it only their count is told. */
  membersListed: 500,
} as const;

/** In ms: the server pings a client that is silent for `ping`, and closes a connection that is silent for `dead`. */
export const HEARTBEAT = { ping: 54_000, dead: 60_000 } as const;

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

/** One limit: its setting, its default and its range. Checks, settings, help and docs derive from this. */
export interface Limit {
  /** The setting's key. */
  readonly key: string;
  readonly unit: "bytes" | "ms" | "count";
  readonly default: number;
  /** How help and docs name the default, where the number alone does not say it. */
  readonly defaultText?: string;
  readonly least: number;
  readonly most: number;
  /** One line; help and docs show it behind the setting's name. */
  readonly help: string;
}

/** The values of a table of limits, each under its name in the table. */
export type LimitValues<Table> = { readonly [Name in keyof Table]: number };

/** Limits of sizes, times and counts; rates are in `RATE_LIMITS`. */
export const SERVER_LIMITS = {
  frameIn: {
    key: "limits.frame_in",
    unit: "bytes",
    default: 64 * KIB,
    least: KIB,
    most: 16 * MIB,
    help: "the largest frame that a client may send, whole or in fragments",
  },
  /** One message may be larger: it has a frame to itself. */
  frameOut: {
    key: "limits.frame_out",
    unit: "bytes",
    default: 256 * KIB,
    least: KIB,
    most: 16 * MIB,
    help: "the server starts a new frame before a batch grows past this",
  },
  waitingPerClient: {
    key: "limits.waiting_per_client",
    unit: "bytes",
    default: MIB,
    least: MIB,
    most: GIB,
    help: "bytes that may wait for one client before it is cut off",
  },
  waitingPerNode: {
    key: "limits.waiting_per_node",
    unit: "bytes",
    default: 0,
    defaultText: "0, a quarter of the memory that the process may use",
    least: 0,
    most: 1024 * GIB,
    help: "bytes that may wait for all clients together before those with the most are cut off",
  },
  stalledMs: {
    key: "limits.stalled",
    unit: "ms",
    default: 10 * SECOND,
    least: SECOND,
    most: HOUR,
    help: "a client that takes nothing for so long is closed",
  },
  uncommittedPerConnection: {
    key: "limits.uncommitted_per_connection",
    unit: "bytes",
    default: MIB,
    least: 64 * KIB,
    most: GIB,
    help: "publishes of one connection not on disk yet; past it, it is not read",
  },
  uncommittedPerNode: {
    key: "limits.uncommitted_per_node",
    unit: "bytes",
    default: 64 * MIB,
    least: MIB,
    most: 16 * GIB,
    help: "publishes of all connections not on disk yet",
  },
  replayAhead: {
    key: "limits.replay_ahead",
    unit: "bytes",
    default: 256 * KIB,
    least: KIB,
    most: GIB,
    help: "a replay sends its next piece once no more than this waits for the client",
  },
  tailPerNode: {
    key: "limits.tail_per_node",
    unit: "bytes",
    default: 64 * MIB,
    least: 0,
    most: 16 * GIB,
    help: "recent messages of all rooms kept in memory for joins",
  },
  tailPerRoom: {
    key: "limits.tail_per_room",
    unit: "bytes",
    default: 8 * MIB,
    least: 0,
    most: 16 * GIB,
    help: "recent messages of one room kept in memory for joins",
  },
  reads: {
    key: "limits.reads",
    unit: "count",
    default: 16,
    least: 1,
    most: 1_000,
    help: "reads of the log under way at a time",
  },
  requestsPerConnection: {
    key: "limits.requests_per_connection",
    unit: "count",
    default: 64,
    least: 1,
    most: 10_000,
    help: "joins and history requests of one connection under way; past it, it is not read",
  },
  roomsPerConnection: {
    key: "limits.rooms_per_connection",
    unit: "count",
    default: 1_000,
    least: 1,
    most: 1_000_000,
    help: "rooms that one connection may be in",
  },
  /** They count as rooms, too. Every message of the node is compared with them. */
  patternsPerConnection: {
    key: "limits.patterns_per_connection",
    unit: "count",
    default: 100,
    least: 1,
    most: 100_000,
    help: "patterns that one connection may listen to",
  },
  historyPerJoin: {
    key: "limits.history_per_join",
    unit: "count",
    default: 1_000,
    least: 1,
    most: 100_000,
    help: "messages that a join may ask for",
  },
  historyPerPage: {
    key: "limits.history_per_page",
    unit: "count",
    default: 1_000,
    least: 1,
    most: 100_000,
    help: "messages that a request for history may ask for",
  },
  historyPage: {
    key: "limits.history_page",
    unit: "count",
    default: 100,
    least: 1,
    most: 100_000,
    help: "messages of a page of history whose request does not say how many",
  },
  membersListed: {
    key: "limits.members_listed",
    unit: "count",
    default: 500,
    least: 0,
    most: 100_000,
    help: "members of a room that presence names; past it, only their number is sent",
  },
  pingMs: {
    key: "limits.ping",
    unit: "ms",
    default: 54 * SECOND,
    least: SECOND,
    most: HOUR,
    help: "a client that is silent for so long is sent a WebSocket ping",
  },
  deadMs: {
    key: "limits.dead",
    unit: "ms",
    default: 60 * SECOND,
    least: 2 * SECOND,
    most: 2 * HOUR,
    help: "a client that is silent for so long, pongs included, is closed",
  },
  presenceGraceMs: {
    key: "limits.presence_grace",
    unit: "ms",
    default: 5 * SECOND,
    least: 0,
    most: HOUR,
    help: "a user who comes back within it was never gone",
  },
  typingMs: {
    key: "limits.typing",
    unit: "ms",
    default: 6 * SECOND,
    least: 100,
    most: HOUR,
    help: "a typing user who sends nothing more for so long has stopped",
  },
  helloMs: {
    key: "limits.hello",
    unit: "ms",
    default: 10 * SECOND,
    least: 100,
    most: HOUR,
    help: "a native client that has not said hello by then is closed",
  },
  /** A client of echo writes them, with what text it likes. A hundred times as many are logged at once. */
  echoLines: {
    key: "limits.echo_lines",
    unit: "count",
    default: 10,
    least: 1,
    most: 1_000_000,
    help: "messages to echo that are logged per second, over all connections",
  },
  connections: {
    key: "limits.connections",
    unit: "count",
    default: 50_000,
    least: 1,
    most: 1_000_000,
    help: "WebSockets of all clients; past it, the answer is 503",
  },
  /** Unless it is set, `limits.connections` holds instead where only this machine can connect. */
  connectionsPerAddress: {
    key: "limits.connections_per_address",
    unit: "count",
    default: 1_000,
    least: 1,
    most: 1_000_000,
    help: "WebSockets of one address or IPv6 /64; past it, the answer is 429",
  },
} as const satisfies Record<string, Limit>;

export type Limits = LimitValues<typeof SERVER_LIMITS>;
export const DEFAULT_LIMITS: Limits = defaultsOf(SERVER_LIMITS);

/**
 * The most bytes of `data` that a policy can allow. A plain text of `frameIn` bytes can grow sixfold by JSON escapes. The
 * result is at most half of `waitingPerClient`, so that every message that is kept can be delivered.
 */
export function largestData({ frameIn, waitingPerClient }: Limits): number {
  return Math.min(6 * frameIn + 64, waitingPerClient / 2);
}

/** A burst may use what was left of the rate in the last so many seconds. */
export const RATE_BURST_S = 10;
/** A client that would have to wait longer than this for its rate is closed; a shorter wait only pauses reading. In ms. */
export const RATE_EXCESS_MS = 60_000;

const PER_SECOND = { unit: "count", least: 1, most: 1_000_000 } as const;
const BYTES_PER_SECOND = { unit: "bytes", least: KIB, most: GIB } as const;

/** How much per second. What was not used in the last ten seconds may be used at once (SPEC LIMIT-3). */
export const RATE_LIMITS = {
  handshakesPerAddress: {
    ...PER_SECOND,
    key: "rates.handshakes_per_address",
    default: 50,
    help: "requests for a WebSocket; past it, the answer is 429",
  },
  httpPerAddress: {
    ...PER_SECOND,
    key: "rates.http_per_address",
    default: 100,
    help: "other requests; past it, the answer is 429",
  },
  /** Each request of a batch counts. */
  requestsPerConnection: {
    ...PER_SECOND,
    key: "rates.requests_per_connection",
    default: 200,
    help: "requests of one connection; past it, it is read more slowly",
  },
  requestsPerUser: {
    ...PER_SECOND,
    key: "rates.requests_per_user",
    default: 500,
    help: "requests of all connections of one user",
  },
  bytesPerConnection: {
    ...BYTES_PER_SECOND,
    key: "rates.bytes_per_connection",
    default: 512 * KIB,
    help: "bytes of its frames; past it, it is read more slowly",
  },
  bytesPerUser: {
    ...BYTES_PER_SECOND,
    key: "rates.bytes_per_user",
    default: MIB,
    help: "bytes of the frames of all connections of one user",
  },
  /** Messages that a join's filter hides: they cost reads, although nothing is sent for them. */
  scannedPerConnection: {
    ...PER_SECOND,
    key: "rates.scanned_per_connection",
    default: 20_000,
    help: "messages of the log that filters of one connection pass over",
  },
  scannedPerUser: {
    ...PER_SECOND,
    key: "rates.scanned_per_user",
    default: 50_000,
    help: "messages of the log that filters of all connections of one user pass over",
  },
  /** A guest may have as many names as it likes. */
  guestRequestsPerAddress: {
    ...PER_SECOND,
    key: "rates.guest_requests_per_address",
    default: 1_000,
    help: "requests of all guests of one address or IPv6 /64",
  },
  guestBytesPerAddress: {
    ...BYTES_PER_SECOND,
    key: "rates.guest_bytes_per_address",
    default: 2 * MIB,
    help: "bytes of the frames of all guests of one address",
  },
  guestScannedPerAddress: {
    ...PER_SECOND,
    key: "rates.guest_scanned_per_address",
    default: 100_000,
    help: "messages of the log that filters of all guests of one address pass over",
  },
  controlFrames: {
    ...PER_SECOND,
    key: "rates.control_frames",
    default: 10,
    help: "WebSocket pings and pongs of one connection",
  },
  /** Rooms that get their first message, or their first member on this node. */
  roomsPerConnection: {
    ...PER_SECOND,
    key: "rates.rooms_per_connection",
    default: 100,
    help: "rooms that one connection is the first to use",
  },
} as const satisfies Record<string, Limit>;

export type RateLimits = LimitValues<typeof RATE_LIMITS>;
export const DEFAULT_RATE_LIMITS: RateLimits = defaultsOf(RATE_LIMITS);

export function defaultsOf<Table extends Readonly<Record<string, Limit>>>(table: Table): LimitValues<Table> {
  return limitValues(table, (limit) => limit.default);
}

/** @param read returns the value of one limit */
export function limitValues<Table extends Readonly<Record<string, Limit>>>(
  table: Table,
  read: (limit: Table[keyof Table]) => number,
): LimitValues<Table> {
  const entries = Object.entries(table).map(([name, limit]) => [name, read(limit as Table[keyof Table])]);
  return Object.fromEntries(entries) as LimitValues<Table>;
}

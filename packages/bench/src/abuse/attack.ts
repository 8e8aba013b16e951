export const ATTACKS = [
  "slow-handshakes",
  "no-hello",
  "room-names",
  "kept-rooms",
  "pings",
  "fragments",
  "bombs",
  "unread",
  "stalled-readers",
  "slow-todos",
  "filtered-joins",
  "echo-log",
] as const;
export type AttackName = (typeof ATTACKS)[number];

/** MiB that may wait for all clients together (`limits.waiting_per_node`), where the default is more than an attack fills. */
export const WAITING_PER_NODE: Partial<Record<AttackName, number>> = { "stalled-readers": 128 };

export interface AttackResult {
  readonly connections: number;
  /** How the connections ended, and how many so: a close code, an HTTP status, `closed` without either, `open`. */
  readonly endings: Readonly<Record<string, number>>;
  /** What they did, in words. */
  readonly done: string;
}

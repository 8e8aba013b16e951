export const ATTACKS = [
  "slow-handshakes",
  "no-hello",
  "room-names",
  "kept-rooms",
  "pings",
  "fragments",
  "bombs",
  "unread",
] as const;
export type AttackName = (typeof ATTACKS)[number];

export interface AttackResult {
  readonly connections: number;
  /** How the connections ended, and how many so: a close code, an HTTP status, `closed` without either, `open`. */
  readonly endings: Readonly<Record<string, number>>;
  /** What they did, in words. */
  readonly done: string;
}

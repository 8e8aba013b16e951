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
export type Attack = (typeof ATTACKS)[number];

/** What became of those who attacked. */
export interface Outcome {
  readonly offenders: number;
  /** How they ended, and how many so: a close code, an HTTP status, `closed` without either, `open`. */
  readonly endings: Readonly<Record<string, number>>;
  /** What they got done. */
  readonly done: string;
}

/** What the parent may ask of an attacker. */
export interface AttackerOrders {
  readonly attack: {
    readonly order: { readonly name: Attack; readonly url: string };
    readonly reply: Outcome;
  };
}

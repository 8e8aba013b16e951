import type { Grant } from "../config/permission.ts";

/** Who speaks on a connection. */
export interface Identity {
  readonly user: string;
  /** What a token said; whoever came without one is a guest. */
  readonly proof?: Proof;
  /** The secret identity of its outbox, if it publishes by number. */
  readonly publisher?: string;
  /** Part of the server itself, such as the to-do service. */
  readonly service?: boolean;
}

/** What is left of a token once it has been verified. */
export interface Proof {
  /** Names the token, and does not lead back to it. */
  readonly token: string;
  /** Until when it holds; ms since 1970. */
  readonly expires: number;
  /** What the claim `rooms` allows; undefined where the token has none, and policies say. */
  readonly grants?: readonly Grant[];
}

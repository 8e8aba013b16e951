import type { Grant } from "../config/permission.ts";

/** The user of a connection, and what the token proves. */
export interface Identity {
  readonly user: string;
  /** Of its token; a guest has none. */
  readonly proof?: Proof;
  /** The secret id of the client's outbox, if it publishes by number. */
  readonly publisher?: string;
  /** Part of the server itself, such as the to-do service. */
  readonly service?: boolean;
}

/** What is kept of a token once it has been verified. */
export interface Proof {
  /** A name for the token, from which the token cannot be computed. */
  readonly token: string;
  /** Until when it holds; ms since 1970. */
  readonly expires: number;
  /** What the claim `rooms` allows; undefined where the token has none: then the policies decide. */
  readonly grants?: readonly Grant[];
}

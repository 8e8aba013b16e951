import { CLOSE } from "@fanfare/protocol";
import type { Hub } from "./hub.ts";

/** `kept`: in force, also after a restart. `unwritten`: in force until a restart. `full`: not in force. */
export type Remembered = "kept" | "unwritten" | "full";

/** Remembers which users' tokens are refused, and until when. */
export interface Revoking {
  add(kind: "user" | "token", name: string, until: number): Remembered;
}

export interface Revocation {
  readonly user?: string | undefined;
  readonly connection?: string | undefined;
  /** How long, from now on; 0 cancels an earlier revocation. */
  readonly seconds: number;
}

/** How many connections were closed, and until when the tokens are refused (ms since 1970). */
export interface Revoked {
  readonly closed: number;
  readonly until: number;
  /** False where it could not be written, so that it holds only until a restart; left out otherwise. */
  readonly kept?: false;
}

/** What an administrator can do to the connections of this node. */
export class Administration {
  constructor(
    private readonly hub: Hub,
    private readonly revocations: Revoking,
  ) {}

  /** Refuses the tokens first, so that no closed connection comes back with one. */
  revoke({ user, connection: id, seconds }: Revocation): Revoked | "unknown" | "full" {
    const until = this.hub.clock.now() + seconds * 1000;
    const meant = [...this.hub.connections()].filter(({ id: each, identity }) =>
      user === undefined ? each === id : identity.user === user && identity.proof !== undefined,
    );
    if (user === undefined && meant.length === 0) return "unknown";
    const remembered =
      user !== undefined
        ? [this.revocations.add("user", user, until)]
        : meant
            .flatMap((connection) => connection.tokens())
            .map((token) => this.revocations.add("token", token, until));
    if (remembered.includes("full")) return "full";
    const kept = remembered.at(-1) === "unwritten" ? ({ kept: false } as const) : {};
    if (seconds === 0) return { closed: 0, until, ...kept };
    for (const { socket } of meant) socket.close(CLOSE.revoked.code, CLOSE.revoked.reason);
    return { closed: meant.length, until, ...kept };
  }
}

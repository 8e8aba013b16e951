import { CLOSE } from "@fanfare/protocol";
import type { Hub } from "./hub.ts";

/** Remembers who is refused, and until when. */
export interface Revoking {
  /** @returns whether it is remembered */
  add(kind: "user" | "token", name: string, until: number): boolean;
}

export interface Revocation {
  readonly user?: string | undefined;
  readonly connection?: string | undefined;
  /** From now on; 0 takes back what was said before. */
  readonly seconds: number;
}

/** What was done: how many connections were closed, and until when tokens are refused (ms since 1970). */
export interface Revoked {
  readonly closed: number;
  readonly until: number;
}

/** What an administrator can do to those who are connected to this node. */
export class Administration {
  constructor(
    private readonly hub: Hub,
    private readonly revocations: Revoking,
  ) {}

  /** Refuses the tokens first, so that nobody who is closed comes back. */
  revoke({ user, connection: id, seconds }: Revocation): Revoked | "unknown" | "full" {
    const until = this.hub.clock.now() + seconds * 1000;
    const meant = [...this.hub.connections()].filter(({ id: each, identity }) =>
      user === undefined ? each === id : identity.user === user && identity.proof !== undefined,
    );
    if (user === undefined && meant.length === 0) return "unknown";
    const close = () => {
      for (const { socket } of meant) socket.close(CLOSE.revoked.code, CLOSE.revoked.reason);
    };
    let kept: boolean;
    try {
      kept =
        user !== undefined
          ? this.revocations.add("user", user, until)
          : meant.every((connection) =>
              connection.tokens().every((token) => this.revocations.add("token", token, until)),
            );
    } catch (error) {
      // It holds until a restart, and cannot be kept: they go all the same, and whoever asked is told.
      if (seconds > 0) close();
      throw error;
    }
    if (!kept) return "full";
    if (seconds === 0) return { closed: 0, until };
    close();
    return { closed: meant.length, until };
  }
}

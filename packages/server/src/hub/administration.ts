import { CLOSE } from "@fanfare/protocol";
import type { Hub } from "./hub.ts";

/** Remembers whose tokens are refused, and until when. */
export interface Revoking {
  /** @returns whether it is remembered */
  add(kind: "user" | "token", name: string, until: number): boolean;
}

export interface Revocation {
  readonly user?: string | undefined;
  readonly connection?: string | undefined;
  /** From now on; 0 takes an earlier revocation back. */
  readonly seconds: number;
}

/** How many connections were closed, and until when the tokens are refused (ms since 1970). */
export interface Revoked {
  readonly closed: number;
  readonly until: number;
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
      // The revocation holds until a restart, and could not be written: the connections are closed, and the error returned.
      if (seconds > 0) close();
      throw error;
    }
    if (!kept) return "full";
    if (seconds === 0) return { closed: 0, until };
    close();
    return { closed: meant.length, until };
  }
}

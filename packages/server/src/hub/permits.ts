import type { Refusal } from "@fanfare/protocol";
import type { Policy } from "../config/policy.ts";
import type { Action, Authority } from "./authority.ts";
import type { Connection } from "./connection.ts";
import type { Audit } from "./ports.ts";

/** Asks the authority for connections, and has what it refuses written down. */
export class Permits {
  constructor(
    private readonly authority: Authority,
    private readonly audit: Audit | undefined,
  ) {}

  /** @param room or a pattern @returns why not, for the first of the actions that is refused; or undefined */
  denied(
    { identity }: Connection,
    actions: readonly Action[],
    room: string,
    policy: Policy = this.authority.policy(room),
  ): Refusal | undefined {
    for (const action of actions) {
      const refusal = this.authority.denied(identity, action, room, policy);
      if (refusal === undefined) continue;
      this.audit?.denied(identity, action, room);
      return refusal;
    }
    return undefined;
  }

  /** Whether the past of a room is for this connection; asking is no offence. */
  mayRead({ identity }: Connection, room: string): boolean {
    return this.authority.denied(identity, "history", room) === undefined;
  }
}

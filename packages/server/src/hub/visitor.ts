import type { Refusal } from "@fanfare/protocol";
import type { Action, Authority } from "./authority.ts";
import type { Identity } from "./identity.ts";
import type { Caller } from "./ports.ts";

/** Whoever asks for a WebSocket: what it came with, and what that lets it do. */
export class Visitor {
  constructor(
    private readonly authority: Authority,
    readonly caller: Caller,
  ) {}

  /** Who it is, if it proved that. */
  get user(): string | undefined {
    return this.caller.kind === "user" ? this.caller.user : undefined;
  }

  /** Why it is not let in at all. */
  get turnedAway(): Refusal | undefined {
    return this.authority.turnedAway(this.caller);
  }

  /** @param name what a guest asks to be called @returns who that is; or why nobody is let in so */
  identify(name: () => string): Identity | Refusal {
    return this.authority.identify(this.caller, name);
  }

  /** @returns why not, or undefined */
  denied(identity: Identity, action: Action, room: string): Refusal | undefined {
    return this.authority.denied(identity, action, room);
  }
}

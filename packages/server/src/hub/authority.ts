import { type Refusal, refuse } from "@fanfare/protocol";
import type { Policy } from "../config/policy.ts";
import type { Identity } from "./connection.ts";

export type Action = "join" | "publish" | "event" | "presence" | "history";

/** The one place that says who may do what. @returns why not, or undefined. */
export function denied(identity: Identity, action: Action, policy: Policy): Refusal | undefined {
  switch (action) {
    case "publish":
      return policy.publish === "service" && identity.service !== true
        ? refuse("forbidden", "Only the service publishes in this room.")
        : undefined;
    case "event":
      return policy.events ? undefined : refuse("forbidden", "Events are off in this room.");
    case "presence":
      return policy.presence ? undefined : refuse("forbidden", "Presence is off in this room.");
    case "join":
    case "history":
      return undefined;
    default:
      return action satisfies never;
  }
}

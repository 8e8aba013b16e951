import { isPattern, parsePattern, parseRoomName } from "@fanfare/protocol";
import type { Permission } from "./permission.ts";

/** The rules of the rooms whose names match a pattern. Plain data, so that it can cross to other threads. */
export interface Policy {
  /** A room name, or a prefix followed by `*` (`chat:*`, `*`). */
  readonly pattern: string;
  /** Messages kept: at most `count`, none older than `ageMs`. `Number.POSITIVE_INFINITY` means no limit. */
  readonly history: { readonly count: number; readonly ageMs: number };
  /** Whether members may be seen. */
  readonly presence: boolean;
  /** Whether ephemeral events are relayed. */
  readonly events: boolean;
  /** Connections in the room on one node. */
  readonly maxMembers: number;
  /**
   * Largest `data` of a publish or an event, in bytes of compact UTF-8 JSON. `Number.POSITIVE_INFINITY`: only
   * `largestData` of `limits.ts` limits it.
   */
  readonly maxDataBytes: number;
  /** Who may publish: everyone who may join, or the service alone. */
  readonly publish: "anyone" | "service";
  /**
   * What guests (clients without a token) may do. Where tokens are in use, a list that is not empty also admits guests to
   * the server; left out, guests may do nothing in these rooms. Where no tokens are in use everyone is a guest; left out,
   * the next wider policy that has `guests` applies, and without one `DEFAULT_PERMISSIONS`.
   */
  readonly guests?: readonly Permission[];
  /**
   * What users may do whose token has no claim `rooms`. Left out, the next wider policy that has `users` applies, and
   * without one `DEFAULT_PERMISSIONS`.
   */
  readonly users?: readonly Permission[];
}

/** Holds for rooms that no other policy matches. It has no `guests`: where tokens are in use, it admits none. */
export const DEFAULT_POLICY: Policy = {
  pattern: "*",
  history: { count: 100_000, ageMs: Number.POSITIVE_INFINITY },
  presence: true,
  events: true,
  maxMembers: 100_000,
  maxDataBytes: Number.POSITIVE_INFINITY,
  publish: "anyone",
};

export const DEFAULT_POLICIES: readonly Policy[] = [
  {
    ...DEFAULT_POLICY,
    pattern: "board:*",
    history: { count: Number.POSITIVE_INFINITY, ageMs: Number.POSITIVE_INFINITY },
  },
  { ...DEFAULT_POLICY, pattern: "todo:*", publish: "service" },
];

/** @returns why a text is not a pattern; undefined if it is one */
export function wrongWithPattern(pattern: string): string | undefined {
  if (pattern.slice(0, -1).includes("*")) return "a pattern has its * at the end, as in chat:*";
  if ((isPattern(pattern) ? parsePattern : parseRoomName)(pattern) !== pattern) {
    return "a pattern is the name of a room, or the beginning of one and *, as in chat:*";
  }
  return undefined;
}

/** The most specific first: names before patterns, longer patterns before shorter ones. */
export function byExactness(a: Policy, b: Policy): number {
  const [isPatternA, isPatternB] = [a.pattern.endsWith("*"), b.pattern.endsWith("*")];
  return Number(isPatternA) - Number(isPatternB) || b.pattern.length - a.pattern.length;
}

/** @param room or a pattern; then whether `pattern` matches all of its rooms */
export function matches(pattern: string, room: string): boolean {
  return pattern.endsWith("*") ? room.startsWith(pattern.slice(0, -1)) : room === pattern;
}

/** The first policy that matches, or else the default one. */
export function policyFor(policies: readonly Policy[], room: string): Policy {
  return policies.find((policy) => matches(policy.pattern, room)) ?? DEFAULT_POLICY;
}

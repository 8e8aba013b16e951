/** What a token's claim, or a policy, can allow in a room; for the rooms of a pattern, in all of them. */
export const PERMISSIONS = ["join", "publish", "event", "presence", "history", "admin"] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** What whoever is let in may do where nothing else is said: everything but `admin`. */
export const EVERYDAY: readonly Permission[] = PERMISSIONS.filter((each) => each !== "admin");

/** One entry of a token's claim `rooms`. Plain data. */
export interface Grant {
  /** A room name, or the beginning of one and `*`. */
  readonly pattern: string;
  readonly may: readonly Permission[];
}

/** What a token's claim or a policy can allow in a room, or in all rooms of a pattern. */
export const PERMISSIONS = ["join", "publish", "event", "presence", "history", "admin"] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** What a user or guest may do where neither a token nor a policy says otherwise: everything but `admin`. */
export const DEFAULT_PERMISSIONS: readonly Permission[] = PERMISSIONS.filter((each) => each !== "admin");

/** One entry of a token's claim `rooms`. Plain data. */
export interface Grant {
  /** A room name, or a prefix followed by `*`. */
  readonly pattern: string;
  readonly may: readonly Permission[];
}

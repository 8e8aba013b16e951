import { Retry } from "../state/retry.ts";
import { Store } from "../state/store.ts";

export type Permission = "join" | "publish" | "event" | "presence" | "history";

/** What the user may do in a room, or in all rooms of a pattern. */
export interface RoomPermissions {
  readonly permissions: readonly string[];
  /** What the room's policy switches off for everyone, permitted or not. */
  readonly off: readonly string[];
}

interface Query {
  readonly permitted: Store<RoomPermissions | undefined>;
  readonly retry: Retry;
  /** Number of the last request: only its answer counts. */
  turn: number;
}

/** Ms after which the page gives up a request. */
const TIMEOUT = 10_000;
/** Before the page asks the server again after no answer. */
const BACKOFF = { min: 500, max: 30_000 };

/**
 * What the user may do in which room, as `GET /api/permissions` answers (SPEC HTTP-12). The pages offer no more than that;
 * the server checks every operation all the same.
 */
export class Permissions {
  readonly #rooms = new Map<string, Query>();

  /** @param onUnauthorized called when the server refuses the user */
  constructor(private readonly onUnauthorized: () => void) {}

  /** Undefined until the server has answered. */
  of(room: string): Store<RoomPermissions | undefined> {
    const known = this.#rooms.get(room);
    if (known !== undefined) return known.permitted;
    const query: Query = {
      permitted: new Store<RoomPermissions | undefined>(undefined),
      retry: new Retry(() => void this.#fetch(room, query), BACKOFF),
      turn: 0,
    };
    this.#rooms.set(room, query);
    void this.#fetch(room, query);
    return query.permitted;
  }

  /** Asks the server again: for one room, or for all rooms that a page has asked for. */
  refresh(room?: string): void {
    for (const [name, query] of this.#rooms)
      if (room === undefined || name === room) void this.#fetch(name, query);
  }

  /** Another user has signed in. */
  reset(): void {
    for (const { permitted } of this.#rooms.values()) permitted.set(undefined);
    this.refresh();
  }

  /** The server is reachable again: repeats the requests that had no answer. */
  retryNow(): void {
    for (const [name, query] of this.#rooms)
      if (query.permitted.value === undefined) void this.#fetch(name, query);
  }

  async #fetch(room: string, query: Query): Promise<void> {
    query.retry.stop();
    const turn = ++query.turn;
    const answer = await fetchPermitted(room);
    if (turn !== query.turn) return;
    if (answer === "unauthorized") return this.onUnauthorized();
    if (answer === undefined) return query.retry.schedule();
    query.retry.reset();
    if (JSON.stringify(answer) !== JSON.stringify(query.permitted.value)) query.permitted.set(answer);
  }
}

/** Whether the user may do something that the room's policy leaves on. Permissions that are not known yet count as given. */
export function can(permitted: RoomPermissions | undefined, permission: Permission): boolean {
  return isPermitted(permitted, permission) && permitted?.off.includes(permission) !== true;
}

/** Also where the room's policy reserves the operation for the service, which checks the same permission. */
export function isPermitted(permitted: RoomPermissions | undefined, permission: Permission): boolean {
  return permitted === undefined || permitted.permissions.includes(permission);
}

/** @returns undefined if the server does not answer now */
async function fetchPermitted(room: string): Promise<RoomPermissions | "unauthorized" | undefined> {
  try {
    const response = await fetch(`/api/permissions?room=${encodeURIComponent(room)}`, {
      signal: AbortSignal.timeout(TIMEOUT),
      cache: "no-store",
    });
    if (response.status === 401) return "unauthorized";
    const { permissions, off } = (await response.json()) as Readonly<Record<string, unknown>>;
    return response.ok && isTexts(permissions) && isTexts(off) ? { permissions, off } : undefined;
  } catch {
    return undefined;
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

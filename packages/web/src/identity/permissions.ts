import { Retry } from "../state/retry.ts";
import { Store } from "../state/store.ts";

export type Permission = "join" | "publish" | "event" | "presence" | "history";

/** What one may do in a room, or in all rooms of a pattern. */
export interface Permitted {
  readonly permissions: readonly string[];
  /** What the room's policy switches off for everyone, permitted or not. */
  readonly off: readonly string[];
}

interface Asked {
  readonly permitted: Store<Permitted | undefined>;
  readonly retry: Retry;
  /** Questions so far: the last one counts. */
  turn: number;
}

/** Ms for an answer, after which there is none. */
const PATIENCE = 10_000;
/** Until the server is asked again where it did not say. */
const BACKOFF = { min: 500, max: 30_000 };

/**
 * What one may do where, as `GET /api/permissions` tells it (SPEC HTTP-12). The pages ask for no more than that; the server
 * checks all the same.
 */
export class Permissions {
  readonly #rooms = new Map<string, Asked>();

  /** @param unwelcome told when the server does not take who one is */
  constructor(private readonly unwelcome: () => void) {}

  /** Undefined until the server has said. */
  of(room: string): Store<Permitted | undefined> {
    const known = this.#rooms.get(room);
    if (known !== undefined) return known.permitted;
    const asked: Asked = {
      permitted: new Store<Permitted | undefined>(undefined),
      retry: new Retry(() => void this.#ask(room, asked), BACKOFF),
      turn: 0,
    };
    this.#rooms.set(room, asked);
    void this.#ask(room, asked);
    return asked.permitted;
  }

  /** Something has changed, perhaps: of a room, or of all that were asked for. */
  renew(room?: string): void {
    for (const [name, asked] of this.#rooms)
      if (room === undefined || name === room) void this.#ask(name, asked);
  }

  /** Somebody else is here. */
  forget(): void {
    for (const { permitted } of this.#rooms.values()) permitted.set(undefined);
    this.renew();
  }

  /** The server is there: what it did not say is asked now. */
  wake(): void {
    for (const [name, asked] of this.#rooms)
      if (asked.permitted.value === undefined) void this.#ask(name, asked);
  }

  async #ask(room: string, asked: Asked): Promise<void> {
    asked.retry.stop();
    const turn = ++asked.turn;
    const answer = await fetchPermitted(room);
    if (turn !== asked.turn) return;
    if (answer === "unwelcome") return this.unwelcome();
    if (answer === undefined) return asked.retry.later();
    asked.retry.reset();
    if (JSON.stringify(answer) !== JSON.stringify(asked.permitted.value)) asked.permitted.set(answer);
  }
}

/** Whether it is permitted, and works there. What is not known yet is hoped for. */
export function can(permitted: Permitted | undefined, permission: Permission): boolean {
  return isPermitted(permitted, permission) && permitted?.off.includes(permission) !== true;
}

/** Also where the room's policy leaves it to the service, which asks for the same permission. */
export function isPermitted(permitted: Permitted | undefined, permission: Permission): boolean {
  return permitted === undefined || permitted.permissions.includes(permission);
}

/** @returns undefined if the server does not say now */
async function fetchPermitted(room: string): Promise<Permitted | "unwelcome" | undefined> {
  try {
    const response = await fetch(`/api/permissions?room=${encodeURIComponent(room)}`, {
      signal: AbortSignal.timeout(PATIENCE),
      cache: "no-store",
    });
    if (response.status === 401) return "unwelcome";
    const { permissions, off } = (await response.json()) as Readonly<Record<string, unknown>>;
    return response.ok && isTexts(permissions) && isTexts(off) ? { permissions, off } : undefined;
  } catch {
    return undefined;
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

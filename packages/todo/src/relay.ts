import { backoffDelay } from "@fanfare/protocol";
import { type Log, ThrottledLog } from "@fanfare/server";
import type { NotificationOutbox, PendingNotification } from "./store/notification-outbox.ts";
import { roomOf } from "./todo.ts";

/** A message for a room, as the server publishes it; a retry is recognised by its id. */
export interface Notification {
  readonly room: string;
  readonly type: string;
  /** Compact JSON text. */
  readonly data: string;
  readonly id: string;
}

/** @returns whether the server has kept it, and if not, whether a `retry` can succeed. */
export type Publish = (
  notification: Notification,
) => Promise<
  { readonly kept: true } | { readonly kept: false; readonly reason: string; readonly retry: boolean }
>;

/**
 * Notifications read at a time. When the process dies, so many of a list may be published and still in the outbox: far
 * fewer than the 1,000 ids that a room recognises (SPEC ONCE-2).
 */
const BATCH = 64;
/** Milliseconds before it repeats a failed round. */
const BACKOFF = { min: 50, max: 2_000 };

/**
 * Publishes the notifications of the outbox to the rooms, and removes them once the server has kept them. Those of one
 * list go one after the other, so that a retry keeps its place; the lists of a batch go side by side.
 */
export class Relay {
  readonly #ended: Promise<void>;
  #closing = false;
  #awake = true;
  #wake = () => {};
  #failures = 0;
  readonly #throttled: ThrottledLog;

  /** @param pollMs how often to read what other processes added, in ms; undefined where there are none */
  constructor(
    private readonly outbox: NotificationOutbox,
    private readonly publish: Publish,
    private readonly log: Log,
    private readonly pollMs: number | undefined,
  ) {
    this.#throttled = new ThrottledLog(log, Date.now);
    this.#ended = this.#run();
  }

  /** The outbox has a new notification. */
  wake(): void {
    this.#awake = true;
    this.#wake();
  }

  /** Resolves once every notification is published, or cannot be published now. */
  async close(): Promise<void> {
    this.#closing = true;
    this.wake();
    await this.#ended;
    await this.outbox.close();
  }

  async #run(): Promise<void> {
    for (;;) {
      this.#awake = false;
      const closing = this.#closing;
      const found = await this.#round();
      if (found === "more") continue;
      if (closing) return;
      if (found === "failed") {
        await this.#sleep(backoffDelay(BACKOFF, this.#failures++), () => this.#closing);
      } else {
        await this.#sleep(this.pollMs, () => this.#awake);
      }
    }
  }

  async #round(): Promise<"more" | "none" | "failed"> {
    try {
      const pending = (await this.outbox.read(BATCH)) ?? [];
      const byList = Map.groupBy(pending, ({ list }) => list);
      const published = await Promise.all([...byList.values()].map((own) => this.#publishAll(own)));
      const done = published.flat();
      await this.outbox.remove(done);
      if (done.length > 0 && this.#failures > 0) {
        this.#failures = 0;
        this.log.info("todo.relay_recovered");
      }
      if (done.length < pending.length) return "failed";
      return pending.length > 0 ? "more" : "none";
    } catch (error) {
      this.#warn(error instanceof Error ? error.message : String(error));
      return "failed";
    }
  }

  /** @returns those that need no retry: the first ones. */
  async #publishAll(pending: readonly PendingNotification[]): Promise<readonly PendingNotification[]> {
    for (const [i, { id, list, type, data, isDamaged }] of pending.entries()) {
      if (isDamaged) {
        this.log.error("todo.notification_damaged", { room: roomOf(list), type, id });
        continue;
      }
      const result = await this.publish({ room: roomOf(list), type, data, id });
      if (result.kept) continue;
      const { reason, retry } = result;
      if (retry) {
        this.#warn(reason);
        return pending.slice(0, i);
      }
      // A notification that the room never takes must not block those behind it.
      this.#throttled.error("todo.notification_refused", reason, { room: roomOf(list), type, id, reason });
    }
    return pending;
  }

  /** Logs once per outage. */
  #warn(reason: string): void {
    if (this.#failures === 0) this.log.warn("todo.relay_waiting", { reason });
  }

  /** @param ms undefined: until `wake` */
  async #sleep(ms: number | undefined, enough: () => boolean): Promise<void> {
    if (enough()) return;
    await new Promise<void>((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
      this.#wake = () => {
        if (!enough()) return;
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = () => {};
  }
}

import { backoffDelay } from "@fanfare/protocol";
import type { Log } from "@fanfare/server";
import type { Entry, Outbox } from "./store/outbox.ts";
import { roomOf } from "./todo.ts";

/** A message for a room, as the server publishes it; a retry is recognised by its id. */
export interface Notification {
  readonly room: string;
  readonly type: string;
  /** Compact JSON text. */
  readonly data: string;
  readonly id: string;
}

/** @returns whether the server has kept it; what it never will is not worth a `retry`. */
export type Publish = (
  notification: Notification,
) => Promise<
  { readonly kept: true } | { readonly kept: false; readonly reason: string; readonly retry: boolean }
>;

/**
 * Entries read at a time. Of a list that many may be told and not removed when the process dies: far fewer than the
 * 1,000 ids that a room recognises (SPEC ONCE-2).
 */
const BATCH = 64;
/** Before a failed round is tried again. */
const BACKOFF = { min: 50, max: 2_000 };

/**
 * Tells the rooms what stands in the outbox, and takes it out once that is kept. Within a list it is one after the
 * other, so that one that must be tried again keeps its place; the lists of a batch go side by side.
 */
export class Relay {
  readonly #ended: Promise<void>;
  #closing = false;
  #awake = true;
  #wake = () => {};
  #failures = 0;

  /** @param glance how often to look for what other processes have put in, in ms; undefined where there are none */
  constructor(
    private readonly outbox: Outbox,
    private readonly publish: Publish,
    private readonly log: Log,
    private readonly glance: number | undefined,
  ) {
    this.#ended = this.#run();
  }

  /** Something was put in. */
  wake(): void {
    this.#awake = true;
    this.#wake();
  }

  /** Resolves once everything is told, or cannot be told now. */
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
        await this.#sleep(this.glance, () => this.#awake);
      }
    }
  }

  async #round(): Promise<"more" | "none" | "failed"> {
    try {
      const entries = (await this.outbox.read(BATCH)) ?? [];
      const byList = Map.groupBy(entries, ({ list }) => list);
      const told = await Promise.all([...byList.values()].map((own) => this.#tell(own)));
      const done = told.flat();
      await this.outbox.remove(done);
      if (done.length > 0 && this.#failures > 0) {
        this.#failures = 0;
        this.log.info("todo.relay_recovered");
      }
      if (done.length < entries.length) return "failed";
      return entries.length > 0 ? "more" : "none";
    } catch (error) {
      this.#complain(error instanceof Error ? error.message : String(error));
      return "failed";
    }
  }

  /** @returns those that need not be told again: the first so many. */
  async #tell(entries: readonly Entry[]): Promise<readonly Entry[]> {
    for (const [i, { id, list, type, data }] of entries.entries()) {
      const receipt = await this.publish({ room: roomOf(list), type, data, id });
      if (receipt.kept) continue;
      const { reason, retry } = receipt;
      if (retry) {
        this.#complain(reason);
        return entries.slice(0, i);
      }
      // What a room never takes must not keep everything behind it from being told.
      this.log.error("todo.notification_refused", { room: roomOf(list), type, id, reason });
    }
    return entries;
  }

  /** Once per outage. */
  #complain(reason: string): void {
    if (this.#failures === 0) this.log.warn("todo.relay_waiting", { reason });
  }

  /** @param ms forever, if undefined */
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

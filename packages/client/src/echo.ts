import type { Position } from "@fanfare/protocol";
import type { FanfareError } from "./errors.ts";
import type { Draft, Outgoing, Receipt } from "./outbox/queue.ts";
import { Cell } from "./value.ts";

/** Refused publishes that are shown, per room. */
const MOST_FAILED = 100;

/** What was published in one room and has not come back: shown at once, gone in the step in which its message comes. */
export class Echo {
  readonly outgoing = new Cell<readonly Outgoing[]>([]);
  /** Acknowledged, by message id. */
  readonly #awaited = new Map<string, { readonly key: string; readonly at: Position }>();

  add({ key, type, data, at }: Draft): void {
    const list = this.outgoing.value;
    const place = list.findLastIndex((each) => each.at <= at) + 1;
    this.outgoing.set(list.toSpliced(place, 0, { key, type, data, at, status: "pending" }));
  }

  /** @param comes whether its message is still to come */
  kept({ key }: Draft, { id, epoch, offset }: Receipt, comes: boolean): void {
    if (!comes) {
      this.remove(key);
      return;
    }
    this.#awaited.set(id, { key, at: { epoch, offset } });
    this.outgoing.set(
      this.outgoing.value.map((each) => (each.key === key ? { ...each, status: "sent" } : each)),
    );
  }

  refused({ key }: Draft, error: FanfareError): void {
    const list = this.outgoing.value.map((each) =>
      each.key === key ? { ...each, status: "failed" as const, error } : each,
    );
    const [oldest] = list.filter(({ status }) => status === "failed").slice(0, -MOST_FAILED);
    this.outgoing.set(list.filter((each) => each !== oldest));
  }

  /** Its message is here. @returns the key that it was published with, if it was acknowledged before */
  arrived(id: string): string | undefined {
    const key = this.#awaited.get(id)?.key;
    if (key === undefined) return undefined;
    this.#awaited.delete(id);
    this.remove(key);
    return key;
  }

  /** Everything up to this offset has been told: what has not come by now was lost to a reset. */
  reached({ epoch, offset }: Position): void {
    for (const [id, { at }] of this.#awaited) if (at.epoch !== epoch || at.offset <= offset) this.arrived(id);
  }

  remove(key: string): void {
    const { value } = this.outgoing;
    if (value.some((each) => each.key === key)) this.outgoing.set(value.filter((each) => each.key !== key));
  }

  /** Nobody listens any more, so nothing comes back. */
  forget(): void {
    for (const id of [...this.#awaited.keys()]) this.arrived(id);
  }
}

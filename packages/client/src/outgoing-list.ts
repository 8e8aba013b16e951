import type { FanfareError } from "./errors.ts";
import type { Draft, Outgoing } from "./outbox/queue.ts";
import { Cell } from "./value.ts";

/** Refused publishes that are shown, per room. */
const MOST_FAILED = 100;

/** What was published in one room and has not come back, in order: shown at once, before there is an outbox for it. */
export class OutgoingList extends Cell<readonly Outgoing[]> {
  constructor() {
    super([]);
  }

  add({ key, type, data, at }: Draft): void {
    const place = this.value.findLastIndex((each) => each.at <= at) + 1;
    this.set(this.value.toSpliced(place, 0, { key, type, data, at, status: "pending" }));
  }

  change(key: string, change: Pick<Outgoing, "status"> & { readonly error?: FanfareError }): void {
    const list = this.value.map((each) => (each.key === key ? { ...each, ...change } : each));
    const [oldest] = list.filter(({ status }) => status === "failed").slice(0, -MOST_FAILED);
    this.set(list.filter((each) => each !== oldest));
  }

  remove(key: string): void {
    if (this.value.some((each) => each.key === key)) this.set(this.value.filter((each) => each.key !== key));
  }
}

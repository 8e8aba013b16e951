import type { FanfareError } from "./errors.ts";
import type { Lifetime } from "./lifetime.ts";
import type { PublishRecord } from "./outbox/outbox-store.ts";
import type { AnyMessages, MessageTypes } from "./subscription.ts";
import { WritableValue } from "./value.ts";

/** A publish of this client until its message comes back: the local echo. */
export interface TypedOutgoing<Type extends string, Data> {
  /** The message will have the same key, so a list can keep its place. */
  readonly key: string;
  readonly type: Type;
  readonly data: Data;
  /** Milliseconds since 1970, this machine's clock. */
  readonly at: number;
  /** `sent`: the server has kept it. `failed`: it was refused, with `error`. */
  readonly status: "pending" | "sent" | "failed";
  readonly error?: FanfareError;
}

/** A publish of this client into a room with the types `M`, discriminated by `type`. */
export type Outgoing<M extends MessageTypes = AnyMessages> = {
  [T in keyof M & string]: TypedOutgoing<T, M[T]>;
}[keyof M & string];

/** Failed publishes that stay in the list, per room. */
const MOST_FAILED = 100;

/** The publishes of this client in one room whose messages have not come yet, in order; the outbox need not be open. */
export class OutgoingList extends WritableValue<readonly Outgoing[]> {
  constructor(lifetime: Lifetime) {
    super([], lifetime);
  }

  add({ key, type, data, at }: PublishRecord): void {
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

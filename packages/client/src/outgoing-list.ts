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

/**
 * The publishes of this client in one room whose messages have not come yet, in order; the outbox need not be open. The
 * list is copied once per turn, and not with each change, so many publishes cost no more than few each.
 */
export class OutgoingList extends WritableValue<readonly Outgoing[]> {
  /** Those of an earlier program come first. */
  readonly #earlier = new Map<string, Outgoing>();
  readonly #own = new Map<string, Outgoing>();
  readonly #failed = new Set<string>();
  /** Undefined after a change. */
  #list: readonly Outgoing[] | undefined = [];

  constructor(lifetime: Lifetime) {
    super([], lifetime);
  }

  override get value(): readonly Outgoing[] {
    this.#list ??= [...this.#earlier.values(), ...this.#own.values()];
    return this.#list;
  }

  add({ key, type, data, at }: PublishRecord, isEarlier = false): void {
    (isEarlier ? this.#earlier : this.#own).set(key, { key, type, data, at, status: "pending" });
    this.#changed();
  }

  change(key: string, change: Pick<Outgoing, "status"> & { readonly error?: FanfareError }): void {
    for (const items of [this.#earlier, this.#own]) {
      const item = items.get(key);
      if (item === undefined) continue;
      items.set(key, { ...item, ...change });
      if (change.status === "failed") this.#failed.add(key);
    }
    const [oldest] = this.#failed;
    if (oldest !== undefined && this.#failed.size > MOST_FAILED) this.remove(oldest);
    this.#changed();
  }

  remove(key: string): void {
    this.#failed.delete(key);
    this.#earlier.delete(key);
    this.#own.delete(key);
    this.#changed();
  }

  #changed(): void {
    if (this.#list === undefined) return;
    this.#list = undefined;
    queueMicrotask(() => this.set(this.value));
  }
}

import type { Schemas } from "./schemas.ts";
import {
  type AnyMessages,
  type MessageTypes,
  Subscription,
  type SubscriptionEvents,
  type SubscriptionHost,
} from "./subscription.ts";

export interface PatternOptions {
  /** Messages and events of these types alone, at most 15. */
  readonly types?: readonly string[] | undefined;
  readonly schemas?: Schemas | undefined;
}

/**
 * All rooms whose names begin alike (`orders.*`), live: each message says its `room`. A pattern has no log, so after a
 * break it tells `reset` with the reason `pattern`: what happened meanwhile is not told (SPEC JOIN-7).
 */
export class Pattern<M extends MessageTypes = AnyMessages> extends Subscription<M, SubscriptionEvents<M>> {
  /** @internal */
  constructor(name: string, options: PatternOptions, host: SubscriptionHost) {
    const nothing = () => {};
    super(name, options, host, {
      event: nothing,
      presence: nothing,
      away: nothing,
      keyOf: ({ id }) => id,
    });
  }
}

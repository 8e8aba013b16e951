import type { Schemas } from "./schemas.ts";
import {
  type AnyMessages,
  type MessageTypes,
  Subscription,
  type SubscriptionEvents,
  type SubscriptionHost,
} from "./subscription.ts";

export interface PatternOptions {
  /** Receive only messages and events of these types, at most 15. */
  readonly types?: readonly string[] | undefined;
  readonly schemas?: Schemas | undefined;
}

/**
 * All rooms whose names begin alike (`orders.*`), live: each message names its `room`. A pattern has no log, so after
 * a break it emits `reset` with the reason `pattern`: what happened in between is lost (SPEC JOIN-7).
 */
export class Pattern<
  M extends MessageTypes = AnyMessages,
  E extends MessageTypes = AnyMessages,
> extends Subscription<M, E, SubscriptionEvents<M, E>> {
  /** @internal */
  constructor(name: string, options: PatternOptions, host: SubscriptionHost) {
    const ignore = () => {};
    super(name, options, host, {
      event: ignore,
      presence: ignore,
      away: ignore,
      keyOf: ({ id }) => id,
    });
  }
}

import type { PublishOptions } from "./generator-methods.ts";

/** One connection of a generator. */
export interface Client {
  readonly isOpen: boolean;
  /** Starts to publish; a connection that only listens does nothing. */
  publish(options: PublishOptions): void;
  /** Stops publishing. */
  stop(): void;
  /** What it has not received yet, in words; nothing if it has received everything. */
  missing(): string | undefined;
}

import type { Publishing } from "./orders.ts";

/** One connection of a generator. */
export interface Client {
  readonly isOpen: boolean;
  /** Publishers begin; those that only listen do nothing. */
  publish(order: Publishing): void;
  /** Sends nothing new. */
  hush(): void;
  /** What it still waits for, in words; nothing if all that is meant for it has come. */
  missing(): string | undefined;
}

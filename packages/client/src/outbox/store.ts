import type { Json } from "@fanfare/protocol";

/** A publish on its way. */
export interface StoredPublish {
  /** Unique in its outbox, ascending in the order of publishing. */
  readonly serial: number;
  readonly room: string;
  readonly type: string;
  readonly data: Json;
  /** The application's key for it. */
  readonly key: string;
  /** When it was published, ms since 1970 by this machine's clock. */
  readonly at: number;
}

/** What an outbox is after a restart. */
export interface StoredOutbox {
  /** The secret that it publishes under (SPEC HELLO-3); undefined if it is new. */
  readonly publisher?: string;
  /** Whose publishes they are. */
  readonly user?: string;
  /** By room, the number of its first publish in `waiting`, or else of the next one. 1 where it is left out. */
  readonly next: ReadonlyMap<string, number>;
  /** In the order of `serial`. */
  readonly waiting: readonly StoredPublish[];
}

export type OutboxChange =
  /** A new identity: all of `next` is forgotten, `user` stays. */
  | { readonly kind: "publisher"; readonly publisher: string }
  | { readonly kind: "user"; readonly user: string }
  | { readonly kind: "next"; readonly room: string; readonly next: number }
  | { readonly kind: "put"; readonly publish: StoredPublish }
  | { readonly kind: "remove"; readonly serial: number };

/** Where an outbox is kept, so that it outlives the program. It belongs to one client at a time. */
export interface OutboxStore {
  /** MUST be false if nothing outlives the program. */
  readonly durable: boolean;
  /** Called once, before anything else. */
  load(): StoredOutbox | Promise<StoredOutbox>;
  /**
   * MUST apply all changes or none, in order; and once it has resolved, `load` of a later program MUST see them.
   * It is not called again before it has settled. If it rejects, the publishes among the changes are refused with
   * `outbox_failed`, and the other changes come again.
   */
  save(changes: readonly OutboxChange[]): void | Promise<void>;
  /** Lets go: another client may have it now. */
  close(): void | Promise<void>;
}

/** Keeps nothing: what waits is gone with the page. */
export class MemoryStore implements OutboxStore {
  readonly durable = false;

  load(): StoredOutbox {
    return { next: new Map(), waiting: [] };
  }

  save(): void {}

  close(): void {}
}

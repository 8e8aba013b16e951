import type { Json } from "@fanfare/protocol";

/** A publish that is neither acknowledged nor refused. */
export interface StoredPublish {
  /** Unique in its outbox, ascending in the order of publishing. */
  readonly serial: number;
  readonly room: string;
  readonly type: string;
  readonly data: Json;
  /** The application's key of it. */
  readonly key: string;
  /** When it was published, ms since 1970 by this machine's clock. */
  readonly at: number;
}

/** A publish before it has a serial. */
export type PublishRecord = Omit<StoredPublish, "serial">;

/** The content of an outbox when it is opened. */
export interface StoredOutbox {
  /** The publisher id, a secret (SPEC HELLO-3); undefined in a new outbox. */
  readonly publisher?: string;
  /** The user who made the publishes. */
  readonly user?: string;
  /** By room, the number of its first publish in `waiting`, or else of the next publish. 1 by default. */
  readonly next: ReadonlyMap<string, number>;
  /** In the order of `serial`. */
  readonly waiting: readonly StoredPublish[];
}

/** A change of an outbox. `publisher` is a new publisher id: the store deletes all of `next` and keeps `user`. */
export type OutboxChange =
  | { readonly kind: "publisher"; readonly publisher: string }
  | { readonly kind: "user"; readonly user: string }
  | { readonly kind: "next"; readonly room: string; readonly next: number }
  | { readonly kind: "put"; readonly publish: StoredPublish }
  | { readonly kind: "remove"; readonly serial: number };

/** Stores an outbox, so that it outlives the program. One client uses it at a time. */
export interface OutboxStore {
  /** MUST be false if what is saved does not outlive the program. */
  readonly durable: boolean;
  /** Called once, before anything else. */
  load(): StoredOutbox | Promise<StoredOutbox>;
  /**
   * MUST apply all changes or none, in order; and once it has resolved, `load` of a later program MUST see them.
   * The client does not call it again before it has settled. If it rejects, the client refuses the publishes among the
   * changes with `outbox_failed`, and saves the other changes again.
   */
  save(changes: readonly OutboxChange[]): void | Promise<void>;
  /** Releases it: another client may open it now. */
  close(): void | Promise<void>;
}

/** Saves nothing: the outbox is in memory only. */
export class MemoryStore implements OutboxStore {
  readonly durable = false;

  load(): StoredOutbox {
    return { next: new Map(), waiting: [] };
  }

  save(): void {}

  close(): void {}
}

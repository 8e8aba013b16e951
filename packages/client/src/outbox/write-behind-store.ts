import type { OutboxChange, OutboxStore, StoredPublish } from "./outbox-store.ts";

export interface WriteBehindEvents {
  /** A save has succeeded: more publishes may be sendable. */
  readonly onSaved: () => void;
  /** The store was durable, and is not any more: what it has is out of date from now on. */
  readonly onMemory: () => void;
  /** A publish could not be saved, and is not saved again. */
  readonly onUnsaved: (publish: StoredPublish, cause: unknown) => void;
}

/** Ms before a failed save is repeated. */
const RETRY_AFTER = 1_000;

/** Saves changes to an outbox's store in the background: all changes of a turn together, one save at a time. */
export class WriteBehindStore {
  #unsaved: OutboxChange[] = [];
  #saving: Promise<void> | undefined;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #closed = false;
  /** Changes that are not saved yet, and without which nothing may be sent. */
  readonly #required = new Set<OutboxChange>();
  /** Settled publishes that the store still has. */
  #unremoved = 0;
  readonly #store: OutboxStore;
  #saved: number;
  readonly #events: WriteBehindEvents;

  /** @param saved the serial of the last publish that the store has */
  constructor(store: OutboxStore, saved: number, events: WriteBehindEvents) {
    this.#store = store;
    this.#saved = saved;
    this.#events = events;
  }

  /** The serial of the last publish that may be sent; undefined while none may. */
  get lastSendable(): number | undefined {
    return this.#required.size === 0 && this.#pause === undefined ? this.#saved : undefined;
  }

  get unremoved(): number {
    return this.#unremoved;
  }

  /** Writes a change (the publisher, the user, a number) that has to be saved before anything is sent. */
  writeRequired(change: OutboxChange): void {
    this.#required.add(change);
    this.write(change);
  }

  write(...changes: readonly OutboxChange[]): void {
    if (this.#closed) return;
    for (const { kind } of changes) if (kind === "remove") this.#unremoved += 1;
    this.#unsaved.push(...changes);
    this.#saving ??= this.#save();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#pause);
    this.#pause = undefined;
    await this.#saving;
    await this.#store.close();
  }

  async #save(): Promise<void> {
    await undefined; // collects the other changes of this turn
    while (this.#unsaved.length > 0 && this.#pause === undefined) {
      const changes = this.#unsaved;
      this.#unsaved = [];
      const { durable } = this.#store;
      try {
        await this.#store.save(changes);
      } catch (cause) {
        this.#onFailure(changes, cause);
        continue;
      }
      for (const change of changes) {
        this.#required.delete(change);
        if (change.kind === "put") this.#saved = change.publish.serial;
        else if (change.kind === "remove") this.#unremoved -= 1;
      }
      if (durable && !this.#store.durable) this.#events.onMemory();
      // After each save: with a slow store and constant publishing the loop never ends.
      this.#events.onSaved();
    }
    this.#saving = undefined;
  }

  /** Publishes are refused. All other changes have happened already and are saved again; until then nothing is sent. */
  #onFailure(changes: readonly OutboxChange[], cause: unknown): void {
    if (this.#closed) this.#unsaved = [];
    else this.#unsaved.unshift(...changes.filter(({ kind }) => kind !== "put"));
    if (this.#unsaved.length > 0) {
      this.#pause = setTimeout(() => {
        this.#pause = undefined;
        this.#saving ??= this.#save();
      }, RETRY_AFTER);
    }
    for (const change of changes) if (change.kind === "put") this.#events.onUnsaved(change.publish, cause);
  }
}

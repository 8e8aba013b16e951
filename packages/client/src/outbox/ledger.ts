import type { OutboxChange, OutboxStore, StoredPublish } from "./store.ts";

export interface LedgerEvents {
  /** All that was written is in the store. */
  readonly settled: () => void;
  /** It could not be stored, and is forgotten here. */
  readonly unsaved: (publish: StoredPublish, cause: unknown) => void;
}

/** Ms before what could not be saved is tried again. */
const AGAIN = 1_000;

/** Writes to an outbox's store: all changes of a turn at once, one save after the other. */
export class Ledger {
  #unsaved: OutboxChange[] = [];
  #saving: Promise<void> | undefined;
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly store: OutboxStore,
    private readonly events: LedgerEvents,
  ) {}

  get settled(): boolean {
    return this.#saving === undefined && this.#unsaved.length === 0;
  }

  write(...changes: readonly OutboxChange[]): void {
    this.#unsaved.push(...changes);
    this.#saving ??= this.#save();
  }

  async close(): Promise<void> {
    clearTimeout(this.#pause);
    this.#pause = undefined;
    await this.#saving;
    await this.store.close();
  }

  async #save(): Promise<void> {
    await undefined; // the rest of this turn's changes go along
    while (this.#unsaved.length > 0 && this.#pause === undefined) {
      const changes = this.#unsaved;
      this.#unsaved = [];
      try {
        await this.store.save(changes);
      } catch (cause) {
        this.#failed(changes, cause);
      }
    }
    this.#saving = undefined;
    if (this.settled) this.events.settled();
  }

  /** Those who publish are told. What has happened already has to be stored; until then nothing is sent. */
  #failed(changes: readonly OutboxChange[], cause: unknown): void {
    this.#unsaved.unshift(...changes.filter(({ kind }) => kind !== "put"));
    if (this.#unsaved.length > 0) {
      this.#pause = setTimeout(() => {
        this.#pause = undefined;
        this.#saving ??= this.#save();
      }, AGAIN);
    }
    for (const change of changes) if (change.kind === "put") this.events.unsaved(change.publish, cause);
  }
}

import type { OutboxChange, OutboxStore, StoredPublish } from "./store.ts";

export interface LedgerEvents {
  /** Something is in the store now: more may be sent, perhaps. */
  readonly stored: () => void;
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
  #closed = false;
  /** Changes that have to be stored before anything is sent, and are not yet. */
  readonly #required = new Set<OutboxChange>();
  /** Settled publishes of which the store does not know yet. */
  #behind = 0;

  /** @param stored the last publish that the store has had from the beginning */
  constructor(
    private readonly store: OutboxStore,
    private stored: number,
    private readonly events: LedgerEvents,
  ) {}

  /** The last publish, by its serial, that may be sent: undefined while none may. */
  get sendable(): number | undefined {
    return this.#required.size === 0 && this.#pause === undefined ? this.stored : undefined;
  }

  get behind(): number {
    return this.#behind;
  }

  /** Whose outbox it is, and its numbers: nothing is sent before the store has it. */
  demand(change: OutboxChange): void {
    this.#required.add(change);
    this.write(change);
  }

  write(...changes: readonly OutboxChange[]): void {
    if (this.#closed) return;
    for (const { kind } of changes) if (kind === "remove") this.#behind += 1;
    this.#unsaved.push(...changes);
    this.#saving ??= this.#save();
  }

  async close(): Promise<void> {
    this.#closed = true;
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
        continue;
      }
      for (const change of changes) {
        this.#required.delete(change);
        if (change.kind === "put") this.stored = change.publish.serial;
        else if (change.kind === "remove") this.#behind -= 1;
      }
      // Not at the end alone: who publishes all the time, into a slow store, never gets there.
      this.events.stored();
    }
    this.#saving = undefined;
  }

  /** Those who publish are told. What has happened already has to be stored; until then nothing is sent. */
  #failed(changes: readonly OutboxChange[], cause: unknown): void {
    if (this.#closed) this.#unsaved = [];
    else this.#unsaved.unshift(...changes.filter(({ kind }) => kind !== "put"));
    if (this.#unsaved.length > 0) {
      this.#pause = setTimeout(() => {
        this.#pause = undefined;
        this.#saving ??= this.#save();
      }, AGAIN);
    }
    for (const change of changes) if (change.kind === "put") this.events.unsaved(change.publish, cause);
  }
}

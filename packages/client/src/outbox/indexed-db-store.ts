import type { OutboxChange, OutboxStore, StoredOutbox, StoredPublish } from "./outbox-store.ts";

interface Meta {
  readonly publisher?: string;
  readonly user?: string;
}

/** Object stores. Keys begin with the slot: `meta` slot, `next` [slot, room], `waiting` [slot, serial]. */
export const TABLES = ["meta", "next", "waiting"] as const;

/** An outbox that survives a reload: one slot of a database. The tab that holds the slot's lock uses it. */
export class IndexedDbStore implements OutboxStore {
  #durable = true;
  #meta: Meta = {};
  readonly #db: IDBDatabase;
  readonly #slot: number;
  readonly #release: () => void;

  constructor(
    db: IDBDatabase,
    slot: number,
    /** Releases the lock. */
    release: () => void,
  ) {
    this.#db = db;
    this.#slot = slot;
    this.#release = release;
    // The application or the user deletes the database: an open connection would block that, and every later open.
    db.onversionchange = () => {
      db.close();
      this.#durable = false;
    };
    db.onclose = () => {
      this.#durable = false;
    };
  }

  /** False once the database was deleted, or could not be written (a full disk, a private window): nothing is saved then. */
  get durable(): boolean {
    return this.#durable;
  }

  async load(): Promise<StoredOutbox> {
    const slot = this.#slot;
    const rows = IDBKeyRange.bound([slot], [slot, []]);
    const read = this.#db.transaction(TABLES);
    const [meta, rooms, numbers, waiting] = await Promise.all([
      settled<Meta | undefined>(read.objectStore("meta").get(slot)),
      settled(read.objectStore("next").getAllKeys(rows)) as Promise<[number, string][]>,
      settled<number[]>(read.objectStore("next").getAll(rows)),
      settled<StoredPublish[]>(read.objectStore("waiting").getAll(rows)),
    ]);
    this.#meta = meta ?? {};
    return { ...meta, next: new Map(rooms.map(([, room], i) => [room, numbers[i] ?? 1])), waiting };
  }

  save(changes: readonly OutboxChange[]): Promise<void> {
    const slot = this.#slot;
    if (!this.#durable) return Promise.resolve();
    return new Promise<void>((resolve, reject) => {
      const write = this.#db.transaction(TABLES, "readwrite");
      write.oncomplete = () => resolve();
      write.onabort = () => reject(write.error);
      const [meta, next, waiting] = TABLES.map((name) => write.objectStore(name)) as [
        IDBObjectStore,
        IDBObjectStore,
        IDBObjectStore,
      ];
      for (const change of changes) {
        switch (change.kind) {
          case "publisher":
            this.#meta = { ...this.#meta, publisher: change.publisher };
            meta.put(this.#meta, slot);
            next.delete(IDBKeyRange.bound([slot], [slot, []]));
            break;
          case "user":
            this.#meta = { ...this.#meta, user: change.user };
            meta.put(this.#meta, slot);
            break;
          case "next":
            next.put(change.next, [slot, change.room]);
            break;
          case "put":
            waiting.put(change.publish, [slot, change.publish.serial]);
            break;
          case "remove":
            waiting.delete([slot, change.serial]);
        }
      }
    }).catch(() => {
      this.#durable = false;
    });
  }

  close(): void {
    this.#db.close();
    this.#release();
  }
}

export function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

import { IndexedDbStore, settled, TABLES } from "./indexed-db-store.ts";
import type { OutboxStore } from "./outbox-store.ts";

/** The client that sends the publishes of a closed tab. */
export interface OrphanClient {
  flush(): Promise<void>;
  close(options?: { readonly flush?: number }): Promise<unknown>;
}

/**
 * The outboxes of a page's tabs. Each tab has a slot of the database, and holds a lock that ends with the tab (Web
 * Locks). A slot with publishes and without a lock is an orphan: another tab adopts it.
 */
export class TabOutboxes {
  #orphan: OrphanClient | undefined;
  #recovering = false;
  #closed = false;
  readonly #name: string;
  readonly #openOrphan: (outbox: OutboxStore) => OrphanClient;

  /**
   * @param name names the outboxes of one server and user
   * @param openOrphan opens a client on an orphan
   */
  constructor(name: string, openOrphan: (outbox: OutboxStore) => OrphanClient) {
    this.#name = name;
    this.#openOrphan = openOrphan;
  }

  /** Opens the outbox of this tab: an orphan if there is one, else an empty slot. */
  async open(): Promise<IndexedDbStore> {
    const db = await openDatabase(`fanfare:${this.#name}`);
    const { slots, full } = await readSlots(db);
    const order = [...full, ...slots.filter((slot) => !full.includes(slot))];
    for (let fresh = 0; ; fresh += 1) {
      const slot = order.shift() ?? fresh;
      const release = await this.#lock(slot);
      if (release !== undefined) return new IndexedDbStore(db, slot, release);
    }
  }

  /** Sends the publishes of orphans under their own numbers, so exactly once. */
  async recover(): Promise<void> {
    if (this.#recovering || this.#closed) return;
    this.#recovering = true;
    try {
      for (let orphan = await this.#findOrphan(); orphan !== undefined; orphan = await this.#findOrphan()) {
        if (this.#closed) {
          orphan.close(); // while the orphan was being opened
          return;
        }
        this.#orphan = this.#openOrphan(orphan);
        await this.#orphan.flush();
        await this.#orphan.close();
      }
    } catch {
      await this.#orphan?.close({ flush: 0 }); // the client was refused or closed: the publishes stay in the store
    } finally {
      this.#recovering = false;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#orphan?.close({ flush: 0 });
  }

  /** @returns an orphan, if there is one */
  async #findOrphan(): Promise<IndexedDbStore | undefined> {
    if (this.#closed) return undefined;
    const db = await openDatabase(`fanfare:${this.#name}`);
    for (const slot of (await readSlots(db)).full) {
      const release = await this.#lock(slot);
      if (release === undefined) continue;
      // Another tab may have emptied it before this one got the lock.
      if ((await readSlots(db)).full.includes(slot)) return new IndexedDbStore(db, slot, release);
      release();
    }
    db.close();
    return undefined;
  }

  /** @returns releases the lock; undefined if another tab holds it */
  #lock(slot: number): Promise<(() => void) | undefined> {
    return new Promise((resolve, reject) => {
      const { locks } = globalThis.navigator;
      const held = locks.request(`fanfare:${this.#name}:${slot}`, { ifAvailable: true }, (granted) => {
        if (granted !== null) return new Promise<void>((release) => resolve(release));
        resolve(undefined);
        return undefined;
      });
      held.catch(reject);
    });
  }
}

/** Ms. Some browsers never answer, and a database that is being deleted waits for other tabs. */
const OPEN_TIMEOUT = 5_000;

async function openDatabase(name: string): Promise<IDBDatabase> {
  const opening = globalThis.indexedDB.open(name, 1);
  opening.onupgradeneeded = () => {
    for (const table of TABLES) opening.result.createObjectStore(table);
  };
  const opened = settled(opening);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${name} does not open.`));
      opened.then((db) => db.close()).catch(() => {}); // after the timeout
    }, OPEN_TIMEOUT);
  });
  return Promise.race([opened, timeout]).finally(() => clearTimeout(timer));
}

/** All slots, and those with publishes. */
async function readSlots(db: IDBDatabase): Promise<{ slots: number[]; full: number[] }> {
  const read = db.transaction(["meta", "waiting"]);
  const [slots, keys] = await Promise.all([
    settled(read.objectStore("meta").getAllKeys()) as Promise<number[]>,
    settled(read.objectStore("waiting").getAllKeys()) as Promise<[number, number][]>,
  ]);
  return { slots, full: [...new Set(keys.map(([slot]) => slot))] };
}

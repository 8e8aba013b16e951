import { IndexedDbStore, settled, TABLES } from "./indexed-db-store.ts";
import type { OutboxStore } from "./store.ts";

/** As much of a client as is needed. */
export interface Heir {
  flush(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The outboxes of a page's tabs. Each tab has one of its own, a slot, held by a lock that goes with the tab (Web Locks).
 * Loaded when it is needed, which is in browsers alone.
 */
export class TabOutboxes {
  #heir: Heir | undefined;
  #salvaging = false;
  #closed = false;

  /**
   * @param name what the outboxes of this server and user are called
   * @param inherit opens a client on an outbox that was left behind
   */
  constructor(
    private readonly name: string,
    private readonly inherit: (outbox: OutboxStore) => Heir,
  ) {}

  /** One for this tab; rather one that a tab left behind with publishes in it. */
  async open(): Promise<IndexedDbStore> {
    const db = await openDatabase(`fanfare:${this.name}`);
    const { slots, full } = await survey(db);
    const order = [...full, ...slots.filter((slot) => !full.includes(slot))];
    for (let fresh = 0; ; fresh += 1) {
      const slot = order.shift() ?? fresh;
      const release = await this.#lock(slot);
      if (release !== undefined) return new IndexedDbStore(db, slot, release);
    }
  }

  /** Sends what a tab left behind that was closed before it could: under that tab's own numbers, so exactly once. */
  async salvage(): Promise<void> {
    if (this.#salvaging || this.#closed) return;
    this.#salvaging = true;
    try {
      for (let left = await this.#abandoned(); left !== undefined; left = await this.#abandoned()) {
        if (this.#closed) {
          left.close(); // while it was looked for
          return;
        }
        this.#heir = this.inherit(left);
        await this.#heir.flush();
        await this.#heir.close();
      }
    } catch {
      await this.#heir?.close(); // turned away, or closed: it stays in the store
    } finally {
      this.#salvaging = false;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#heir?.close();
  }

  /** One that was left behind with publishes in it; undefined if there is none. */
  async #abandoned(): Promise<IndexedDbStore | undefined> {
    if (this.#closed) return undefined;
    const db = await openDatabase(`fanfare:${this.name}`);
    for (const slot of (await survey(db)).full) {
      const release = await this.#lock(slot);
      if (release === undefined) continue;
      // It may have been emptied between the two looks.
      if ((await survey(db)).full.includes(slot)) return new IndexedDbStore(db, slot, release);
      release();
    }
    db.close();
    return undefined;
  }

  /** @returns what lets go of it; undefined if another tab has it */
  #lock(slot: number): Promise<(() => void) | undefined> {
    return new Promise((resolve, reject) => {
      const { locks } = globalThis.navigator;
      const held = locks.request(`fanfare:${this.name}:${slot}`, { ifAvailable: true }, (granted) => {
        if (granted !== null) return new Promise<void>((release) => resolve(release));
        resolve(undefined);
        return undefined;
      });
      held.catch(reject);
    });
  }
}

/** Ms that a database may take to open: some browsers never say, and one that is being deleted waits for other tabs. */
const PATIENCE = 5_000;

async function openDatabase(name: string): Promise<IDBDatabase> {
  const opening = globalThis.indexedDB.open(name, 1);
  opening.onupgradeneeded = () => {
    for (const table of TABLES) opening.result.createObjectStore(table);
  };
  const opened = settled(opening);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${name} does not open.`));
      opened.then((db) => db.close()).catch(() => {}); // too late to be of use
    }, PATIENCE);
  });
  return Promise.race([opened, late]).finally(() => clearTimeout(timer));
}

/** The slots there are, and those with publishes in them. */
async function survey(db: IDBDatabase): Promise<{ slots: number[]; full: number[] }> {
  const read = db.transaction(["meta", "waiting"]);
  const [slots, keys] = await Promise.all([
    settled(read.objectStore("meta").getAllKeys()) as Promise<number[]>,
    settled(read.objectStore("waiting").getAllKeys()) as Promise<[number, number][]>,
  ]);
  return { slots, full: [...new Set(keys.map(([slot]) => slot))] };
}

import { Entry, type Row } from "./entry.ts";
import type { Todo } from "./todo.ts";

/** Behind what was loaded stands what was told since, and behind that what is ours alone so far. */
const TOLD = 1e9;
const OWN = 2e9;

/**
 * The to-dos of a list, in the order of their creation. It hears of each from pages, notifications and answers, in any
 * order; the highest version wins, and what is gone stays gone until a higher version is heard of.
 */
export class Entries {
  readonly #entries = new Map<string, Entry>();
  /** What was deleted: the last version, and where it stood. */
  readonly #gone = new Map<string, { readonly version: number; readonly place: number | undefined }>();
  /** Rises with everything that is heard, so that one can tell what was heard before what. */
  turn = 0;

  find(id: string): Entry | undefined {
    return this.#entries.get(id);
  }

  [Symbol.iterator](): Iterator<Entry> {
    return this.#inOrder()[Symbol.iterator]();
  }

  rows(): Row[] {
    return this.#inOrder()
      .map((entry) => entry.row)
      .filter((row) => row !== undefined);
  }

  /** One that exists here alone. */
  add(id: string): Entry {
    return this.#add(id, OWN);
  }

  /** One that was deleted, at its place. */
  putBack(entry: Entry): void {
    if (!this.#entries.has(entry.key)) this.#entries.set(entry.key, entry);
  }

  /** What a page, a notification or an answer says. @returns undefined for what is gone already */
  hear(todo: Todo): Entry | undefined {
    this.turn++;
    const gone = this.#gone.get(todo.id);
    if (gone !== undefined && todo.version <= gone.version) return undefined;
    this.#gone.delete(todo.id);
    let entry = this.#entries.get(todo.id);
    if (entry === undefined) {
      entry = this.#add(todo.id, TOLD);
      entry.place = gone?.place ?? entry.place;
    }
    if (entry.base === undefined || todo.version > entry.base.version) entry.base = todo;
    entry.seenAt = this.turn;
    entry.touch();
    return entry;
  }

  /** It was created just now: whatever was heard of before is before it. */
  born(entry: Entry): void {
    if (entry.place >= OWN) entry.place = TOLD + this.turn;
  }

  /** The next of the to-dos that are loaded. */
  place(entry: Entry, index: number): void {
    entry.place = index;
  }

  /** After everything was loaded: what the server had before `turn`, and has no more. */
  endLoad(turn: number): Entry[] {
    return [...this.#entries.values()]
      .filter(({ base, seenAt }) => base !== undefined && seenAt <= turn)
      .map(({ key, base }) => this.gone(key, base?.version ?? 0))
      .filter((entry) => entry !== undefined);
  }

  /** It was deleted when it had this version. @returns what it was, unless it is about to come back */
  gone(id: string, version: number): Entry | undefined {
    this.turn++;
    const entry = this.#entries.get(id);
    if ((entry?.base?.version ?? 0) > version) return undefined;
    const known = this.#gone.get(id);
    if (known !== undefined && known.version >= version && entry === undefined) return undefined;
    this.#gone.set(id, { version, place: entry?.place ?? known?.place });
    if (entry === undefined || entry.isComingBack) return undefined;
    this.drop(entry);
    return entry;
  }

  /** Not to be shown any more. */
  drop(entry: Entry): void {
    if (this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key);
  }

  #add(id: string, behind: number): Entry {
    const entry = new Entry(id);
    entry.place = behind + ++this.turn;
    this.#entries.set(id, entry);
    return entry;
  }

  #inOrder(): Entry[] {
    return [...this.#entries.values()].sort((a, b) => a.place - b.place);
  }
}

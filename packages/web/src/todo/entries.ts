import { Entry, type Row } from "./entry.ts";
import type { Todo } from "./todo.ts";

/** Behind what was loaded stands what was told since, and behind that what is ours alone so far. */
const TOLD = 1e9;
const OWN = 2e9;

/**
 * The to-dos of a list, in the order of their creation. It hears of each from pages, notifications and answers, in any
 * order; the highest version wins, and what is gone stays gone, since ids are never used again.
 */
export class Entries {
  readonly #entries = new Map<string, Entry>();
  readonly #byId = new Map<string, Entry>();
  readonly #gone = new Set<string>();
  /** Rises with everything that is heard, so that one can tell what was heard before what. */
  turn = 0;

  find(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  of(id: string): Entry | undefined {
    return this.#byId.get(id);
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
  add(key: string): Entry {
    const entry = new Entry(key, undefined, ++this.turn);
    entry.place = OWN + this.turn;
    this.#entries.set(key, entry);
    return entry;
  }

  /** What a page, a notification or an answer says. @returns undefined for what is gone already */
  hear(todo: Todo, own?: Entry): Entry | undefined {
    this.turn++;
    if (this.#gone.has(todo.id)) {
      if (own !== undefined) this.drop(own);
      return undefined;
    }
    let entry = this.#byId.get(todo.id);
    if (own !== undefined && entry !== own) {
      if (entry !== undefined) {
        own.place = entry.place;
        this.drop(entry);
      }
      entry = own;
      this.#byId.set(todo.id, own);
    }
    if (entry === undefined) {
      entry = new Entry(todo.id, todo, this.turn);
      entry.place = TOLD + this.turn;
      this.#entries.set(entry.key, entry);
      this.#byId.set(todo.id, entry);
    } else if (entry.base === undefined || todo.version > entry.base.version) entry.base = todo;
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
    const lost = [...this.#entries.values()].filter(
      (entry) => entry.base !== undefined && entry.seenAt <= turn,
    );
    for (const { base } of lost) if (base !== undefined) this.gone(base.id);
    return lost;
  }

  /** It was deleted. @returns what it was */
  gone(id: string): Entry | undefined {
    this.turn++;
    this.#gone.add(id);
    const entry = this.#byId.get(id);
    if (entry !== undefined) this.drop(entry);
    return entry;
  }

  /** Not to be shown any more. */
  drop(entry: Entry): void {
    this.#entries.delete(entry.key);
    if (entry.base !== undefined) this.#byId.delete(entry.base.id);
  }

  #inOrder(): Entry[] {
    return [...this.#entries.values()].sort((a, b) => a.place - b.place);
  }
}

import { OptimisticTodo, type Row } from "./optimistic-todo.ts";
import type { PendingTodo } from "./pending-edits.ts";
import type { Todo } from "./todo.ts";

/** Positions: to-dos from pages come first, then those from notifications, then those that only this page has. */
const ANNOUNCED = 1e9;
const OWN = 2e9;

/**
 * The to-dos of a list in the order of their creation. Pages, notifications and answers arrive in any order: the highest
 * version wins, and a deleted to-do stays deleted until a higher version arrives.
 */
export class TodoCollection {
  readonly #entries = new Map<string, OptimisticTodo>();
  /** Deleted to-dos: the last version, and the position. */
  readonly #deleted = new Map<string, { readonly version: number; readonly position: number | undefined }>();
  /** Counts what arrived, to tell what arrived before what. */
  revision = 0;

  find(id: string): OptimisticTodo | undefined {
    return this.#entries.get(id);
  }

  [Symbol.iterator](): Iterator<OptimisticTodo> {
    return this.#inOrder()[Symbol.iterator]();
  }

  rows(): Row[] {
    return this.#inOrder()
      .map((entry) => entry.row)
      .filter((row) => row !== undefined);
  }

  /** Adds a to-do that only this page has. */
  add(id: string): OptimisticTodo {
    return this.#add(id, OWN);
  }

  /** Adds a to-do with the edits that an earlier page left. */
  addPending({ key, position, base, ownVersion, edits, problem }: PendingTodo): void {
    const entry = new OptimisticTodo(key);
    // Positions of an earlier page are in the order of its additions.
    entry.position = Math.max(position, OWN) + ++this.revision;
    entry.base = base;
    entry.ownVersion = ownVersion;
    entry.edits = edits;
    entry.problem = problem;
    entry.isUnsent = edits.length > 0;
    this.#entries.set(key, entry);
  }

  /** Puts a deleted to-do back to its position. */
  restore(entry: OptimisticTodo): void {
    if (!this.#entries.has(entry.key)) this.#entries.set(entry.key, entry);
  }

  /** Takes over a version from the server. @returns undefined if the to-do was deleted since */
  upsert(todo: Todo): OptimisticTodo | undefined {
    this.revision++;
    const deleted = this.#deleted.get(todo.id);
    if (deleted !== undefined && todo.version <= deleted.version) return undefined;
    this.#deleted.delete(todo.id);
    let entry = this.#entries.get(todo.id);
    if (entry === undefined) {
      entry = this.#add(todo.id, ANNOUNCED);
      entry.position = deleted?.position ?? entry.position;
    }
    if (entry.base === undefined || todo.version > entry.base.version) entry.base = todo;
    entry.seenAt = this.revision;
    entry.touch();
    return entry;
  }

  /** Moves a to-do that was just created behind all that arrived before. */
  moveToEnd(entry: OptimisticTodo): void {
    if (entry.position >= OWN) entry.position = ANNOUNCED + this.revision;
  }

  /** @param index in the loaded list */
  place(entry: OptimisticTodo, index: number): void {
    entry.position = index;
  }

  /** After a complete load: removes what the server had at `revision` and does not have any more. */
  removeMissing(revision: number): OptimisticTodo[] {
    return [...this.#entries.values()]
      .filter(({ base, seenAt }) => base !== undefined && seenAt <= revision)
      .map(({ key, base }) => this.applyDeletion(key, base?.version ?? 0))
      .filter((entry) => entry !== undefined);
  }

  /** @param version that it had when it was deleted @returns the removed to-do, unless it is being restored */
  applyDeletion(id: string, version: number): OptimisticTodo | undefined {
    this.revision++;
    const entry = this.#entries.get(id);
    if ((entry?.base?.version ?? 0) > version) return undefined;
    const known = this.#deleted.get(id);
    if (known !== undefined && known.version >= version && entry === undefined) return undefined;
    this.#deleted.set(id, { version, position: entry?.position ?? known?.position });
    if (entry === undefined || entry.isRestoring) return undefined;
    this.remove(entry);
    return entry;
  }

  /** Stops showing a to-do. */
  remove(entry: OptimisticTodo): void {
    if (this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key);
  }

  #add(id: string, base: number): OptimisticTodo {
    const entry = new OptimisticTodo(id);
    entry.position = base + ++this.revision;
    this.#entries.set(id, entry);
    return entry;
  }

  #inOrder(): OptimisticTodo[] {
    return [...this.#entries.values()].sort((a, b) => a.position - b.position);
  }
}

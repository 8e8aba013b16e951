import { readStorageJson, storageKeys, writeStorage } from "../state/local-storage.ts";
import type { Edit, OptimisticTodo, Problem } from "./optimistic-todo.ts";
import { isRecord, readTodo, type Todo } from "./todo.ts";

/** What a page stores of a to-do with edits that the server has not acknowledged, or with a problem. */
export interface PendingTodo {
  readonly key: string;
  readonly position: number;
  readonly base: Todo | undefined;
  /** The version that the last acknowledged edit made; 0 if there was none. */
  readonly ownVersion: number;
  readonly edits: readonly Edit[];
  readonly problem: Problem | undefined;
}

/** Text in the field of a to-do that is being renamed. */
export interface Renaming {
  readonly key: string;
  /** The title when the user began to type. */
  readonly title: string;
  readonly text: string;
  /** The version when the user began to type. */
  readonly seen: number | undefined;
}

const PREFIX = "todo.pending.";

/** The lists of a user that have pending edits in this browser. */
export function listsWithEdits(user: string): readonly string[] {
  const prefix = `${PREFIX}${encodeURIComponent(user)}/`;
  const names = storageKeys(prefix).map((key) => key.slice(prefix.length).split("/")[0] ?? "");
  return [...new Set(names)].map(decodeURIComponent);
}

/**
 * Stores the pending edits of a list in this browser, one item per to-do, so that they survive the page. Several tabs may
 * send the same edit: a creation has its id, and a change the version that it is for, so the server applies it once.
 */
export class PendingEdits {
  readonly #prefix: string;
  readonly #fields: string;
  /** What is stored, by to-do. */
  readonly #stored = new Map<string, string>();
  /** Whether the browser has stored everything. */
  isStored = true;

  constructor(user: string, list: string) {
    const place = `${encodeURIComponent(user)}/${encodeURIComponent(list)}`;
    this.#prefix = `${PREFIX}${place}/`;
    this.#fields = `todo.fields.${place}`;
  }

  /** In the order of their positions. */
  load(): readonly PendingTodo[] {
    const todos = storageKeys(this.#prefix).flatMap((key) => {
      const todo = readStorageJson(key, (value) => readPending(key.slice(this.#prefix.length), value));
      if (todo !== undefined) this.#stored.set(todo.key, stringify(todo));
      return todo ?? [];
    });
    return todos.sort((a, b) => a.position - b.position);
  }

  save(todos: Iterable<OptimisticTodo>): void {
    const pending = new Map<string, string>();
    for (const todo of todos) {
      if (todo.edits.length > 0 || todo.problem !== undefined) pending.set(todo.key, stringify(todo));
    }
    for (const key of this.#stored.keys()) if (!pending.has(key)) this.#write(key, undefined);
    for (const [key, json] of pending) if (this.#stored.get(key) !== json) this.#write(key, json);
  }

  /** The text in the field for new to-dos. */
  get newTitle(): string {
    return this.#readFields().newTitle ?? "";
  }

  set newTitle(text: string) {
    this.#writeFields({ ...this.#readFields(), newTitle: text || undefined });
  }

  get renaming(): Renaming | undefined {
    return this.#readFields().renaming;
  }

  set renaming(renaming: Renaming | undefined) {
    this.#writeFields({ ...this.#readFields(), renaming });
  }

  #write(key: string, json: string | undefined): void {
    const isStored = writeStorage(this.#prefix + key, json);
    if (json === undefined) this.#stored.delete(key);
    else if (isStored) this.#stored.set(key, json);
    if (json !== undefined) this.isStored = isStored;
  }

  #readFields(): Fields {
    return readStorageJson(this.#fields, readFields) ?? {};
  }

  #writeFields(fields: Fields): void {
    const isEmpty = fields.newTitle === undefined && fields.renaming === undefined;
    writeStorage(this.#fields, isEmpty ? undefined : JSON.stringify(fields));
  }
}

interface Fields {
  readonly newTitle?: string | undefined;
  readonly renaming?: Renaming | undefined;
}

function readFields(value: unknown): Fields | undefined {
  if (!isRecord(value)) return undefined;
  const { newTitle, renaming } = value;
  return {
    ...(typeof newTitle === "string" && { newTitle }),
    ...(isRenaming(renaming) && { renaming }),
  };
}

function isRenaming(value: unknown): value is Renaming {
  if (!isRecord(value)) return false;
  const { key, title, text, seen } = value;
  const isText = [key, title, text].every((each) => typeof each === "string");
  return isText && (seen === undefined || typeof seen === "number");
}

function stringify({ position, base, ownVersion, edits, problem }: Omit<PendingTodo, "key">): string {
  return JSON.stringify({ position, base, ownVersion, edits, problem });
}

function readPending(key: string, value: unknown): PendingTodo | undefined {
  if (!isRecord(value) || !Array.isArray(value.edits) || typeof value.position !== "number") return undefined;
  const { position, ownVersion, problem } = value;
  const edits = value.edits.filter(isEdit);
  if (edits.length !== value.edits.length) return undefined;
  return {
    key,
    position,
    base: readTodo(value.base),
    ownVersion: typeof ownVersion === "number" ? ownVersion : 0,
    edits,
    problem: isProblem(problem) ? problem : undefined,
  };
}

function isEdit(value: unknown): value is Edit {
  if (!isRecord(value) || typeof value.request !== "string") return false;
  if (value.kind === "create") return isDraft(value.draft);
  const isFrom = value.from === undefined || typeof value.from === "number";
  return isFrom && (value.kind === "remove" || (value.kind === "change" && isChanges(value.changes)));
}

function isProblem(value: unknown): value is Problem {
  if (!isRecord(value)) return false;
  switch (value.kind) {
    case "conflict":
      return value.wanted === "removed" || isChanges(value.wanted);
    case "invalid":
      return typeof value.title === "string" && typeof value.message === "string";
    case "refused":
      return typeof value.message === "string" && Array.isArray(value.edits) && value.edits.every(isEdit);
    case "deleted":
      return typeof value.title === "string" && isDraft(value.draft);
    default:
      return false;
  }
}

function isDraft(value: unknown): boolean {
  return isRecord(value) && typeof value.title === "string" && typeof value.completed === "boolean";
}

function isChanges(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { title, completed } = value;
  const isTitle = title === undefined || typeof title === "string";
  return isTitle && (completed === undefined || typeof completed === "boolean");
}

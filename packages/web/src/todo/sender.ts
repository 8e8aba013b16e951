import { Retry } from "../state/retry.ts";
import { changesOf, isApplied, markDeleted } from "./edits.ts";
import type { Edit, OptimisticTodo } from "./optimistic-todo.ts";
import type { Todo } from "./todo.ts";
import type { Outcome, TodoApi } from "./todo-api.ts";
import type { TodoCollection } from "./todo-collection.ts";

/** Before an edit that had no answer is sent again. */
const BACKOFF = { min: 500, max: 15_000 };

export interface SenderListener {
  changed(): void;
}

type Failure = Outcome<unknown> & { readonly kind: "stale" | "invalid" | "refused" };

/**
 * Sends the edits of to-dos. The edits of one to-do are sent one after the other, each only for the version that it was made
 * for (`If-Match`). An edit without an answer is sent again. A creation carries its id, so it happens once; whether a change
 * was applied is known from its notification, or from the current version.
 */
export class Sender {
  /** New to-dos are created one after the other, so that they keep their order. */
  #creating: Promise<unknown> = Promise.resolve();
  readonly #sent = new Set<string>();
  readonly #retry = new Retry(() => this.flush(), BACKOFF);

  constructor(
    private readonly list: string,
    private readonly todos: TodoCollection,
    private readonly api: TodoApi,
    private readonly listener: SenderListener,
  ) {}

  /** Sends what waits, since the server may be reachable again. */
  flush(): void {
    this.#retry.stop();
    for (const entry of this.todos) if (entry.isUnsent) void this.send(entry);
  }

  /** A notification of an edit of this page: the edit was applied, with or without an answer. */
  acknowledge(request: string, todo: Todo): void {
    const entry = this.todos.find(todo.id);
    if (entry?.edits[0]?.request !== request) return;
    entry.ownVersion = todo.version;
    this.#shift(entry);
  }

  /** Whether a notification is about an edit of this page. */
  hasSent(request: string | undefined): boolean {
    return request !== undefined && this.#sent.has(request);
  }

  close(): void {
    this.#retry.stop();
  }

  async send(entry: OptimisticTodo): Promise<void> {
    if (entry.isSending) return;
    entry.isSending = true;
    for (let [edit] = entry.edits; edit !== undefined; [edit] = entry.edits) {
      const outcome = await this.#ask(entry, edit);
      // The notification arrived before the answer.
      const isSettled = entry.edits[0] !== edit;
      if (outcome.kind === "unavailable" && !isSettled) {
        entry.isUnsent = true;
        this.#touch(entry);
        this.#retry.schedule();
        break;
      }
      if (outcome.kind !== "unavailable") this.#retry.reset();
      if (outcome.kind === "done" || !isSettled) this.#settle(entry, edit, outcome, isSettled);
    }
    entry.isSending = false;
  }

  #ask(entry: OptimisticTodo, edit: Edit): Promise<Outcome<Todo | true>> {
    if (edit.kind === "create") {
      const sent = this.#creating.then(() =>
        this.#followsAnother(entry) ? ({ kind: "unavailable" } as const) : this.#create(entry, edit),
      );
      this.#creating = sent;
      return sent;
    }
    if (entry.base === undefined) return Promise.resolve({ kind: "missing" });
    this.#sent.add(edit.request);
    const version = edit.from ?? entry.ownVersion;
    if (edit.kind === "change") return this.api.change(entry.key, version, edit.changes, edit.request);
    edit.isSent = true;
    return this.api.remove(entry.key, version, edit.request);
  }

  /** Whether a to-do that was created before this one still waits; this one must wait as well. */
  #followsAnother(entry: OptimisticTodo): boolean {
    for (const { position, isUnsent, edits } of this.todos) {
      if (position < entry.position && isUnsent && edits[0]?.kind === "create") return true;
    }
    return false;
  }

  #create(entry: OptimisticTodo, edit: Edit & { readonly kind: "create" }): Promise<Outcome<Todo>> {
    edit.isSent = true;
    this.listener.changed();
    this.#sent.add(edit.request);
    const version = edit.restores && entry.base !== undefined ? { version: entry.base.version } : {};
    return this.api.create({ id: entry.key, list: this.list, ...edit.draft, ...version }, edit.request);
  }

  #settle(entry: OptimisticTodo, edit: Edit, outcome: Outcome<Todo | true>, isSettled: boolean): void {
    if (outcome.kind === "done" && outcome.value !== true) this.#applied(entry, outcome.value, isSettled);
    else if (outcome.kind === "stale" && isApplied(outcome.current, edit))
      this.#applied(entry, outcome.current, false);
    else if ((outcome.kind === "done" || outcome.kind === "missing") && !isSettled)
      this.#missing(entry, edit);
    else if (outcome.kind === "stale" || outcome.kind === "invalid" || outcome.kind === "refused")
      this.#rollBack(entry, outcome);
  }

  #applied(entry: OptimisticTodo, todo: Todo, isSettled: boolean): void {
    entry.ownVersion = todo.version;
    entry.isUnsent = false;
    this.todos.upsert(todo);
    if (!isSettled) this.#shift(entry);
    this.listener.changed();
  }

  #missing(entry: OptimisticTodo, edit: Edit): void {
    if (edit.kind === "remove") this.#shift(entry);
    const { edits, base } = entry;
    if (base !== undefined) this.todos.applyDeletion(entry.key, base.version);
    if (edit.kind === "remove" && entry.isRestoring) return;
    entry.edits = [];
    entry.isUnsent = false;
    this.todos.remove(entry);
    const wanted = changesOf(edits);
    const title = base?.title ?? (edit.kind === "create" ? edit.draft.title : undefined);
    if (edits.length > 0 && wanted !== "removed" && title !== undefined)
      markDeleted(entry, this.todos, { title, wanted, by: undefined });
    this.listener.changed();
  }

  #rollBack(entry: OptimisticTodo, outcome: Failure): void {
    const { edits } = entry;
    entry.edits = [];
    entry.isUnsent = false;
    const wanted = changesOf(edits);
    if (outcome.kind === "stale") {
      this.todos.upsert(outcome.current);
      entry.problem = { kind: "conflict", wanted };
    } else if (outcome.kind === "invalid") {
      const title = wanted === "removed" ? "" : (wanted.title ?? "");
      entry.problem = { kind: "invalid", title, message: outcome.message };
    } else entry.problem = { kind: "refused", message: outcome.message, edits };
    this.#touch(entry);
  }

  #shift(entry: OptimisticTodo): void {
    entry.edits = entry.edits.slice(1);
    if (entry.edits.length === 0) entry.isUnsent = false;
    this.#touch(entry);
  }

  #touch(entry: OptimisticTodo): void {
    entry.touch();
    this.listener.changed();
  }
}

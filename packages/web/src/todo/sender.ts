import type { Changes } from "@fanfare/todo/types";
import { Retry } from "../state/retry.ts";
import { changesOf, isAsWanted } from "./edits.ts";
import type { Entries } from "./entries.ts";
import type { Edit, Entry } from "./entry.ts";
import type { Todo } from "./todo.ts";
import type { Outcome, TodoApi } from "./todo-api.ts";

/** Before what had no answer is sent again. */
const BACKOFF = { min: 500, max: 15_000 };

export interface SenderHost {
  changed(): void;
  /** It was deleted by someone, and this was wanted of it. */
  lost(title: string, wanted: Changes): void;
}

type Failure = Outcome<unknown> & { readonly kind: "stale" | "invalid" | "refused" };

/**
 * Sends the edits of to-dos: those of one go one after the other, each on condition that nobody else was faster. What has
 * no answer is kept, and sent again. A creation has its id from here, so that it is made once; of a change, an answer that
 * was lost is known from the notification, or from how the to-do is now.
 */
export class Sender {
  /** New to-dos go one after the other, so that they keep their order. */
  #creating: Promise<unknown> = Promise.resolve();
  readonly #sent = new Set<string>();
  readonly #retry = new Retry(() => this.wake(), BACKOFF);

  constructor(
    private readonly list: string,
    private readonly entries: Entries,
    private readonly api: TodoApi,
    private readonly host: SenderHost,
  ) {}

  /** Sends what waits: there may be a server again. */
  wake(): void {
    this.#retry.stop();
    for (const entry of this.entries) if (entry.waits) void this.send(entry);
  }

  /** A notification of ours: it is done, whatever becomes of the answer. */
  told(request: string, todo: Todo): void {
    const entry = this.entries.find(todo.id);
    if (entry?.edits[0]?.request !== request) return;
    entry.ownVersion = todo.version;
    this.#shift(entry);
  }

  /** Whether a notification is of something that was done here. */
  hasSent(request: string | undefined): boolean {
    return request !== undefined && this.#sent.has(request);
  }

  close(): void {
    this.#retry.stop();
  }

  async send(entry: Entry): Promise<void> {
    if (entry.busy) return;
    entry.busy = true;
    for (let [edit] = entry.edits; edit !== undefined; [edit] = entry.edits) {
      const outcome = await this.#ask(entry, edit);
      // Its notification came first.
      const isSettled = entry.edits[0] !== edit;
      if (outcome.kind === "away" && !isSettled) {
        entry.waits = true;
        this.#touch(entry);
        this.#retry.later();
        break;
      }
      if (outcome.kind !== "away") this.#retry.reset();
      if (outcome.kind === "done" || !isSettled) this.#settle(entry, edit, outcome, isSettled);
    }
    entry.busy = false;
  }

  #ask(entry: Entry, edit: Edit): Promise<Outcome<Todo | true>> {
    if (edit.kind === "create") {
      const sent = this.#creating.then(() =>
        this.#followsAnother(entry) ? ({ kind: "away" } as const) : this.#create(entry, edit),
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

  /** Whether one that was made before it still waits for a server: this one waits with it. */
  #followsAnother(entry: Entry): boolean {
    for (const { place, waits, edits } of this.entries) {
      if (place < entry.place && waits && edits[0]?.kind === "create") return true;
    }
    return false;
  }

  #create(entry: Entry, edit: Edit & { readonly kind: "create" }): Promise<Outcome<Todo>> {
    edit.isSent = true;
    this.#sent.add(edit.request);
    const version = edit.restores && entry.base !== undefined ? { version: entry.base.version } : {};
    return this.api.create({ id: entry.key, list: this.list, ...edit.draft, ...version }, edit.request);
  }

  #settle(entry: Entry, edit: Edit, outcome: Outcome<Todo | true>, isSettled: boolean): void {
    if (outcome.kind === "done" && outcome.value !== true) this.#made(entry, outcome.value, isSettled);
    else if (outcome.kind === "stale" && isAsWanted(outcome.current, edit))
      this.#made(entry, outcome.current, false);
    else if ((outcome.kind === "done" || outcome.kind === "missing") && !isSettled) this.#gone(entry, edit);
    else if (outcome.kind === "stale" || outcome.kind === "invalid" || outcome.kind === "refused")
      this.#rollBack(entry, outcome);
  }

  #made(entry: Entry, todo: Todo, isSettled: boolean): void {
    entry.ownVersion = todo.version;
    entry.waits = false;
    this.entries.hear(todo);
    if (!isSettled) this.#shift(entry);
    this.host.changed();
  }

  #gone(entry: Entry, edit: Edit): void {
    if (edit.kind === "remove") this.#shift(entry);
    const { edits, base } = entry;
    if (base !== undefined) this.entries.gone(entry.key, base.version);
    if (edit.kind === "remove" && entry.isComingBack) return;
    entry.edits = [];
    entry.waits = false;
    this.entries.drop(entry);
    const wanted = changesOf(edits);
    const title = base?.title ?? (edit.kind === "create" ? edit.draft.title : undefined);
    if (edits.length > 0 && wanted !== "removed" && title !== undefined) this.host.lost(title, wanted);
    this.host.changed();
  }

  #rollBack(entry: Entry, outcome: Failure): void {
    const { edits } = entry;
    entry.edits = [];
    entry.waits = false;
    const wanted = changesOf(edits);
    if (outcome.kind === "stale") {
      this.entries.hear(outcome.current);
      entry.problem = { kind: "conflict", wanted };
    } else if (outcome.kind === "invalid") {
      const title = wanted === "removed" ? "" : (wanted.title ?? "");
      entry.problem = { kind: "invalid", title, message: outcome.message };
    } else entry.problem = { kind: "refused", message: outcome.message, edits };
    this.#touch(entry);
  }

  #shift(entry: Entry): void {
    entry.edits = entry.edits.slice(1);
    if (entry.edits.length === 0) entry.waits = false;
    this.#touch(entry);
  }

  #touch(entry: Entry): void {
    entry.touch();
    this.host.changed();
  }
}

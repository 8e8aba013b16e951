import type { Entries } from "./entries.ts";
import type { Edit, Entry } from "./entry.ts";
import type { Changes, Todo } from "./todo.ts";
import type { Outcome, TodoApi } from "./todo-api.ts";

/** Ms before what had no answer is sent again: doubling from the first to the last. */
const FIRST_DELAY = 500;
const LONGEST_DELAY = 15_000;

export interface EditorHost {
  changed(): void;
  /** Everything that the server has is to be heard again. @returns whether it was */
  reload(): Promise<boolean>;
  /** It was deleted by someone, and this was wanted of it. */
  lost(todo: Todo, wanted: Changes): void;
}

/**
 * Makes edits: at once to the eye, then on the server. Those of one to-do go one after the other, each on condition
 * that nobody else was faster. What has no answer is kept, and sent again; an answer that was lost is known from the
 * notification, or from how the to-do is now, so that nothing is done twice.
 */
export class Editor {
  /** New to-dos go one after the other, so that they keep their order. */
  #creating: Promise<unknown> = Promise.resolve();
  #delay = FIRST_DELAY;
  readonly #sent = new Set<string>();
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly list: string,
    private readonly entries: Entries,
    private readonly api: TodoApi,
    private readonly host: EditorHost,
  ) {}

  create(draft: Pick<Todo, "title" | "completed">): Entry {
    const request = crypto.randomUUID();
    const entry = this.entries.add(request);
    this.#push(entry, { kind: "create", request, draft });
    return entry;
  }

  /** @param seen the version that it is meant for; unless given, the present one */
  change(entry: Entry, changes: Changes, seen?: number): void {
    if (entry.base === undefined && entry.edits.length === 0) {
      // It was never made: this is another attempt.
      const draft = { title: changes.title ?? entry.row?.title ?? "", completed: changes.completed ?? false };
      this.#push(entry, { kind: "create", request: crypto.randomUUID(), draft });
      return;
    }
    this.#push(entry, { kind: "change", request: crypto.randomUUID(), changes, from: from(entry, seen) });
  }

  remove(entry: Entry): void {
    if (
      entry.base === undefined &&
      entry.edits.every((edit) => edit.kind !== "create" || isUnsent(edit, entry))
    ) {
      this.entries.drop(entry);
      this.host.changed();
      return;
    }
    this.#push(entry, { kind: "remove", request: crypto.randomUUID(), from: from(entry, undefined) });
  }

  /** Takes back a deletion that was not sent. @returns whether there was one */
  keep(entry: Entry): boolean {
    if (entry.busy || !entry.edits.some(({ kind }) => kind === "remove")) return false;
    entry.edits = entry.edits.filter(({ kind }) => kind !== "remove");
    this.#touch(entry);
    return true;
  }

  /** Once more what was refused, or what somebody else came before: now to what is there. */
  again(entry: Entry): void {
    const { problem } = entry;
    if (problem?.kind === "conflict") {
      if (problem.wanted === "removed") this.remove(entry);
      else this.change(entry, problem.wanted);
    } else if (problem?.kind === "refused") {
      entry.problem = undefined;
      entry.edits = problem.edits.map((edit) =>
        edit.kind === "create" ? edit : { ...edit, from: entry.base?.version },
      );
      this.#touch(entry);
      void this.#drain(entry);
    }
  }

  discard(entry: Entry): void {
    entry.problem = undefined;
    if (entry.base === undefined && entry.edits.length === 0) this.entries.drop(entry);
    this.#touch(entry);
  }

  /** Sends what waits: there may be a server again. */
  wake(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    for (const entry of this.entries) if (entry.waits) void this.#drain(entry);
  }

  /** A notification of ours: it is done, whatever becomes of the answer. @returns the entry it is of */
  told(request: string, todo: Todo): Entry | undefined {
    for (const entry of this.entries) {
      if (entry.edits[0]?.request !== request) continue;
      entry.ownVersion = todo.version;
      this.#shift(entry);
      return entry;
    }
    return undefined;
  }

  /** Whether a notification is of something that was done here. */
  hasSent(request: string | undefined): boolean {
    return request !== undefined && this.#sent.has(request);
  }

  /** It is gone, and with it what was under way. */
  lose(entry: Entry, todo: Todo): void {
    if (entry.busy) return; // the answer will say so
    const wanted = changesOf(entry.edits);
    const isLost = entry.edits.length > 0 && wanted !== "removed";
    entry.edits = [];
    entry.waits = false;
    if (isLost) this.host.lost(todo, wanted);
  }

  close(): void {
    clearTimeout(this.#retry);
  }

  #push(entry: Entry, edit: Edit): void {
    entry.problem = undefined;
    entry.edits = [...entry.edits, edit];
    this.#touch(entry);
    void this.#drain(entry);
  }

  #shift(entry: Entry): void {
    entry.edits = entry.edits.slice(1);
    if (entry.edits.length === 0) entry.waits = false;
    this.#touch(entry);
  }

  async #drain(entry: Entry): Promise<void> {
    if (entry.busy) return;
    entry.busy = true;
    for (let [edit] = entry.edits; edit !== undefined; [edit] = entry.edits) {
      const outcome = await this.#send(entry, edit);
      // Its notification came first.
      const isSettled = entry.edits[0] !== edit;
      if (outcome.kind === "away" && !isSettled) {
        entry.waits = true;
        this.#touch(entry);
        this.#retryLater();
        break;
      }
      if (outcome.kind !== "away") this.#delay = FIRST_DELAY;
      if (outcome.kind === "done" || !isSettled) this.#settle(entry, edit, outcome, isSettled);
    }
    entry.busy = false;
  }

  #send(entry: Entry, edit: Edit): Promise<Outcome<Todo | true>> {
    if (edit.kind === "create") {
      const sent = this.#creating.then(() => this.#create(entry, edit));
      this.#creating = sent;
      return sent;
    }
    const { base } = entry;
    if (base === undefined) return Promise.resolve({ kind: "missing" });
    this.#sent.add(edit.request);
    const version = edit.from ?? entry.ownVersion;
    return edit.kind === "change"
      ? this.api.change(base.id, version, edit.changes, edit.request)
      : this.api.remove(base.id, version, edit.request);
  }

  async #create(entry: Entry, edit: Edit & { readonly kind: "create" }): Promise<Outcome<Todo>> {
    if (edit.sentAt !== undefined) {
      // It may have been made. If so, what is loaded now has one of that title that was not there before.
      if (!(await this.host.reload())) return { kind: "away" };
      if (entry.base !== undefined) return { kind: "done", value: entry.base };
      const { sentAt, draft } = edit;
      const made = [...this.entries].find(
        ({ base, bornAt, edits }) => base?.title === draft.title && bornAt > sentAt && edits.length === 0,
      );
      if (made?.base !== undefined) return { kind: "done", value: made.base };
    }
    edit.sentAt = this.entries.turn;
    this.#sent.add(edit.request);
    return this.api.create(this.list, edit.draft, edit.request);
  }

  #settle(entry: Entry, edit: Edit, outcome: Outcome<Todo | true>, isSettled: boolean): void {
    if (outcome.kind === "done" && outcome.value !== true) this.#made(entry, outcome.value, isSettled);
    else if (outcome.kind === "stale" && isAsWanted(outcome.current, edit))
      this.#made(entry, outcome.current, false);
    else if ((outcome.kind === "done" || outcome.kind === "missing") && !isSettled) this.#gone(entry);
    else if (outcome.kind === "stale" || outcome.kind === "invalid" || outcome.kind === "refused")
      this.#rollBack(entry, outcome);
  }

  #made(entry: Entry, todo: Todo, isSettled: boolean): void {
    entry.ownVersion = todo.version;
    entry.waits = false;
    this.entries.hear(todo, entry);
    if (!isSettled) this.#shift(entry);
    this.host.changed();
  }

  #gone(entry: Entry): void {
    const wanted = changesOf(entry.edits);
    entry.edits = [];
    entry.waits = false;
    if (entry.base === undefined) this.entries.drop(entry);
    else {
      this.entries.gone(entry.base.id);
      if (wanted !== "removed") this.host.lost(entry.base, wanted);
    }
    this.host.changed();
  }

  #rollBack(
    entry: Entry,
    outcome: Outcome<unknown> & { readonly kind: "stale" | "invalid" | "refused" },
  ): void {
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

  #touch(entry: Entry): void {
    entry.touch();
    this.host.changed();
  }

  #retryLater(): void {
    if (this.#retry !== undefined) return;
    this.#retry = setTimeout(() => this.wake(), this.#delay * (0.5 + Math.random() / 2));
    this.#delay = Math.min(LONGEST_DELAY, this.#delay * 2);
  }
}

function from(entry: Entry, seen: number | undefined): number | undefined {
  if (entry.edits.length > 0) return undefined;
  const version = entry.base?.version;
  // What is ours we know, though we had not seen it when we began to type.
  return version === entry.ownVersion ? version : (seen ?? version);
}

function isUnsent(edit: Edit & { readonly kind: "create" }, entry: Entry): boolean {
  return edit.sentAt === undefined && !entry.busy;
}

/** All that was wanted, taken together. */
export function changesOf(edits: readonly Edit[]): Changes | "removed" {
  let wanted: Changes = {};
  for (const edit of edits) {
    if (edit.kind === "remove") return "removed";
    wanted = { ...wanted, ...(edit.kind === "create" ? edit.draft : edit.changes) };
  }
  return wanted;
}

/** Our own change whose answer was lost. */
function isAsWanted(current: Todo, edit: Edit): boolean {
  if (edit.kind !== "change") return false;
  const { title = current.title, completed = current.completed } = edit.changes;
  return title === current.title && completed === current.completed;
}

import type { Fanfare, Room } from "@fanfare/client";
import { roomOf } from "@fanfare/todo/types";
import { notify } from "../design/toasts.ts";
import { Store } from "../state/store.ts";
import { ChangeToasts, quoted } from "./change-toasts.ts";
import { Editor } from "./editor.ts";
import { ListLoader } from "./list-loader.ts";
import type { OptimisticTodo, Row } from "./optimistic-todo.ts";
import type { PendingEdits, Renaming } from "./pending-edits.ts";
import { Sender } from "./sender.ts";
import { type Change, readChange } from "./todo.ts";
import type { TodoApi } from "./todo-api.ts";
import { TodoCollection } from "./todo-collection.ts";

export interface ListView {
  readonly status: "loading" | "ready" | "failed";
  /** Why it could not be loaded. */
  readonly failure: string | undefined;
  /** The server refuses the list, so loading is not repeated. */
  readonly isRefused: boolean;
  readonly rows: readonly Row[];
  readonly done: number;
  /** Changes that wait for the server. */
  readonly waiting: number;
  /** Why changes of others do not arrive live. */
  readonly liveError: string | undefined;
}

/** Ms for which a row is highlighted after another user has changed it. */
const HIGHLIGHT = 4_000;

/**
 * An open list. It is loaded once its room is live, so that no change falls between, and follows the room's notifications
 * from then on. After a break the room resumes; if it cannot, the list is loaded again.
 */
export class OpenList {
  readonly #todos = new TodoCollection();
  readonly #sender: Sender;
  readonly #editor: Editor;
  readonly #loader: ListLoader;
  readonly #toasts = new ChangeToasts();
  readonly #room: Room;
  readonly #ending: (() => void)[] = [];
  readonly view = new Store<ListView>({
    status: "loading",
    failure: undefined,
    isRefused: false,
    rows: [],
    done: 0,
    waiting: 0,
    liveError: undefined,
  });
  #isNotifying = false;

  constructor(
    readonly name: string,
    client: Fanfare,
    api: TodoApi,
    private readonly user: () => string | undefined,
    private readonly pending: PendingEdits,
  ) {
    const listener = { changed: () => this.#changed() };
    for (const todo of pending.load()) this.#todos.addPending(todo);
    this.#sender = new Sender(name, this.#todos, api, listener);
    this.#editor = new Editor(this.#todos, this.#sender, listener);
    this.#room = client.room(roomOf(name));
    this.#ending.push(
      this.#room.on("message", ({ type, data }) => this.#apply(readChange(type, data))),
      this.#room.on("reset", () => this.#loader.markStale()),
      this.#room.on("live", () => this.#onLive()),
      this.#room.state.listen(() => this.#onRoomState()),
      client.state.listen(({ status }) => {
        if (status === "online") this.#sender.flush();
      }),
      () => this.#room.leave(),
    );
    this.#room.join().catch(() => {}); // the state of the room has the error
    this.#loader = new ListLoader(name, this.#todos, api, {
      isLive: () => this.#room.state.value.status === "live",
      changed: () => this.#changed(),
      lost: (entry) => this.#cancel(entry, entry.base?.title ?? "", undefined),
    });
    this.view.set(this.#currentView());
    this.#sender.flush();
  }

  get isShown(): boolean {
    return this.view.isObserved;
  }

  /** Whether this browser has stored the changes that wait. */
  get isStored(): boolean {
    return this.pending.isStored;
  }

  /** The text in the field for new to-dos, which survives the page. */
  get newTitle(): string {
    return this.pending.newTitle;
  }

  set newTitle(text: string) {
    this.pending.newTitle = text;
  }

  /** The to-do that is being renamed, with the text in its field, which survives the page. */
  get renaming(): Renaming | undefined {
    return this.pending.renaming;
  }

  beginRenaming(key: string): void {
    const entry = this.#todos.find(key);
    const title = entry?.row?.title ?? "";
    this.pending.renaming = { key, title, text: title, seen: entry?.base?.version };
  }

  /** @param text that the user has typed into the field */
  typeTitle(key: string, text: string): void {
    if (this.renaming?.key !== key) this.beginRenaming(key);
    const { renaming } = this;
    if (renaming !== undefined) this.pending.renaming = { ...renaming, text };
  }

  endRenaming(): void {
    this.pending.renaming = undefined;
  }

  /** @returns the row's key */
  add(title: string): string {
    return this.#editor.create({ title: title.trim(), completed: false }).key;
  }

  complete(key: string, completed: boolean): void {
    this.#edit(key, (entry) => {
      if (entry.problem?.kind !== "deleted") this.#editor.change(entry, { completed });
    });
  }

  /** @param seen the version when the user began to type */
  rename(key: string, title: string, seen: number | undefined): void {
    this.#edit(key, (entry) => {
      if (entry.problem?.kind === "deleted") return;
      if (entry.problem === undefined && title.trim() === entry.row?.title) return;
      this.#editor.change(entry, { title: title.trim() }, seen);
    });
  }

  /** Deletes at once; the toast can undo it. */
  remove(key: string): void {
    this.#edit(key, (entry) => {
      const { row } = entry;
      if (row === undefined) return;
      if (entry.problem?.kind === "deleted") return this.#editor.discard(entry);
      this.#editor.remove(entry);
      const { title, completed } = row;
      notify({
        title: `Deleted ${quoted(title)}`,
        timeout: 8_000,
        action: { label: "Undo", onSelect: () => this.#editor.undo(entry, { title, completed }) },
      });
    });
  }

  applyAgain(key: string): void {
    this.#edit(key, (entry) => this.#editor.retry(entry));
  }

  discard(key: string): void {
    this.#edit(key, (entry) => this.#editor.discard(entry));
  }

  loadNow(): void {
    this.#loader.loadNow();
  }

  close(): void {
    this.#loader.close();
    this.#sender.close();
    this.#toasts.close();
    for (const end of this.#ending) end();
  }

  #edit(key: string, edit: (entry: OptimisticTodo) => void): void {
    const entry = this.#todos.find(key);
    if (entry !== undefined) edit(entry);
  }

  #onLive(): void {
    this.#toasts.resume();
    this.#sender.flush();
    this.#loader.refresh();
  }

  #onRoomState(): void {
    const { status } = this.#room.state.value;
    if (status === "joining") this.#toasts.pause();
    this.#changed();
  }

  #apply(change: Change | undefined): void {
    if (change === undefined) return;
    const { type, todo, by, request } = change;
    const known = this.#todos.find(todo.id);
    const before = known?.base;
    const isFromHere = this.#sender.hasSent(request);
    if (request !== undefined) this.#sender.acknowledge(request, todo);
    if (type === "todo.deleted") {
      const entry = this.#todos.applyDeletion(todo.id, todo.version);
      if (entry !== undefined) this.#cancel(entry, todo.title, by);
    } else {
      const entry = known !== undefined || type === "todo.created" ? this.#todos.upsert(todo) : undefined;
      if (entry === undefined) return;
      if (type === "todo.created") this.#todos.moveToEnd(entry);
      if (entry.base?.version === todo.version) entry.author = { version: todo.version, by };
      entry.touch();
      if (!isFromHere && before?.version !== todo.version) this.#highlight(entry);
    }
    const isOwn = isFromHere || (by !== undefined && by === this.user());
    if (!isOwn && this.#loader.isLoaded && this.isShown) this.#toasts.add(change, before);
    this.#changed();
  }

  /** Another user has deleted a to-do. What this user typed or wanted of it stays. */
  #cancel(entry: OptimisticTodo, title: string, by: string | undefined): void {
    // While an edit is being sent its answer reports the deletion, and the text is looked at then.
    if (!entry.isSending) this.#editor.cancel(entry, title, by, this.#takeTyped(entry.key));
  }

  /** The to-do that is being renamed may be deleted by now: in an earlier page, or while an edit of it was sent. */
  #checkRenaming(): void {
    const { renaming } = this.pending;
    if (renaming === undefined || !this.#loader.isLoaded) return;
    const { key, title } = renaming;
    const entry = this.#todos.find(key);
    if (entry !== undefined && entry.problem?.kind !== "deleted") return;
    const typed = this.#takeTyped(key);
    if (typed === undefined) return;
    const draft = { title: typed, completed: entry?.row?.completed ?? false };
    const problem = { kind: "deleted", title, draft } as const;
    this.#todos.addPending({ key, position: 0, base: undefined, ownVersion: 0, edits: [], problem });
  }

  /** Ends the renaming of a to-do. @returns the text in its field, if the user has changed it */
  #takeTyped(key: string): string | undefined {
    const { renaming } = this.pending;
    if (renaming?.key !== key) return undefined;
    this.pending.renaming = undefined;
    const text = renaming.text.trim();
    return text === "" || text === renaming.title ? undefined : text;
  }

  #highlight(entry: OptimisticTodo): void {
    entry.isHighlighted = true;
    setTimeout(() => {
      entry.isHighlighted = false;
      entry.touch();
      this.#changed();
    }, HIGHLIGHT);
  }

  /** Notifies once for all changes of one task. */
  #changed(): void {
    if (this.#isNotifying) return;
    this.#isNotifying = true;
    queueMicrotask(() => {
      this.#isNotifying = false;
      this.#checkRenaming();
      this.pending.save(this.#todos);
      this.view.set(this.#currentView());
    });
  }

  #currentView(): ListView {
    const rows = this.#todos.rows();
    const state = this.#room.state.value;
    const { isLoaded, failure, isRefused } = this.#loader;
    return {
      status: isLoaded ? "ready" : failure === undefined ? "loading" : "failed",
      failure,
      isRefused,
      rows,
      done: rows.filter(({ completed }) => completed).length,
      waiting: [...this.#todos].filter(({ isUnsent }) => isUnsent).length,
      // A list that may not be read shows that itself.
      liveError: state.status === "refused" && !isRefused ? state.error.message : undefined,
    };
  }
}

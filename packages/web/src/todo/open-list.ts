import type { Fanfare, Room } from "@fanfare/client";
import { show as notify } from "../design/toast-layer.tsx";
import { Editor } from "./editor.ts";
import { Entries } from "./entries.ts";
import type { Entry, Row } from "./entry.ts";
import { News, quoted } from "./news.ts";
import { type Notification, readNotification, roomOf, type Todo } from "./todo.ts";
import type { TodoApi } from "./todo-api.ts";

export interface ListView {
  readonly status: "loading" | "ready" | "failed";
  /** Why it is not there. */
  readonly failure: string | undefined;
  readonly rows: readonly Row[];
  readonly done: number;
  /** Edits that wait for the server. */
  readonly waiting: number;
  /** Why nothing comes by itself. */
  readonly deaf: string | undefined;
}

/** Ms that a row stands out after somebody else has changed it. */
const NEWS = 4_000;
/** Ms after which a list is loaded though the live connection is not there; and loaded again if it could not be. */
const PATIENCE = 1_500;

/**
 * A list that is open: loaded once its room is live, so that nothing falls between, and then kept up by the room's
 * notifications. After a break the room goes on where it was; where it cannot, the list is loaded anew.
 */
export class OpenList {
  readonly #entries = new Entries();
  readonly #editor: Editor;
  readonly #news = new News();
  readonly #room: Room;
  readonly #listeners = new Set<() => void>();
  readonly #ending: (() => void)[] = [];
  #view: ListView = { status: "loading", failure: undefined, rows: [], done: 0, waiting: 0, deaf: undefined };
  #failure: string | undefined;
  #isLoaded = false;
  /** What is shown is older than what the room tells from now on. */
  #isStale = true;
  #loading: Promise<boolean> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isTelling = false;

  constructor(
    readonly name: string,
    client: Fanfare,
    private readonly api: TodoApi,
    private readonly user: () => string | undefined,
  ) {
    this.#editor = new Editor(name, this.#entries, api, {
      changed: () => this.#changed(),
      reload: () => this.#reload(),
      lost: (todo, { title = todo.title, completed = todo.completed }) =>
        notify({
          title: `${quoted(todo.title)} was deleted meanwhile`,
          description: "Your change to it could not be made.",
          timeout: 10_000,
          action: { label: "Add it again", onSelect: () => void this.#editor.create({ title, completed }) },
        }),
    });
    this.#room = client.room(roomOf(name));
    this.#ending.push(
      this.#room.on("message", ({ type, data }) => this.#take(readNotification(type, data))),
      this.#room.on("reset", () => {
        this.#isStale = true;
      }),
      this.#room.on("live", () => this.#caughtUp()),
      this.#room.state.subscribe(() => this.#standing()),
      client.state.subscribe(({ status }) => {
        if (status === "online") this.#editor.wake();
      }),
      () => this.#room.leave(),
    );
    this.#room.join().catch(() => {}); // its state says why
    this.#loadLater();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** The same object until something changes. */
  readonly view = (): ListView => this.#view;

  get isWatched(): boolean {
    return this.#listeners.size > 0;
  }

  /** @returns the row's key */
  add(title: string): string {
    return this.#editor.create({ title: title.trim(), completed: false }).key;
  }

  complete(key: string, completed: boolean): void {
    this.#edit(key, (entry) => this.#editor.change(entry, { completed }));
  }

  /** @param seen what `versionOf` gave when the typing began */
  rename(key: string, title: string, seen: number | undefined): void {
    this.#edit(key, (entry) => {
      if (entry.problem === undefined && title.trim() === entry.row?.title) return;
      this.#editor.change(entry, { title: title.trim() }, seen);
    });
  }

  versionOf(key: string): number | undefined {
    return this.#entries.find(key)?.base?.version;
  }

  /** At once; the toast can bring it back. */
  remove(key: string): void {
    this.#edit(key, (entry) => {
      const { row } = entry;
      if (row === undefined) return;
      this.#editor.remove(entry);
      const { title, completed } = row;
      const undo = () => {
        if (!this.#editor.keep(entry)) this.#editor.create({ title, completed });
      };
      notify({
        title: `Deleted ${quoted(title)}`,
        timeout: 8_000,
        action: { label: "Undo", onSelect: undo },
      });
    });
  }

  applyAgain(key: string): void {
    this.#edit(key, (entry) => this.#editor.again(entry));
  }

  discard(key: string): void {
    this.#edit(key, (entry) => this.#editor.discard(entry));
  }

  loadNow(): void {
    clearTimeout(this.#timer);
    void this.#reload();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#editor.close();
    this.#news.close();
    for (const end of this.#ending) end();
  }

  #edit(key: string, edit: (entry: Entry) => void): void {
    const entry = this.#entries.find(key);
    if (entry !== undefined) edit(entry);
  }

  #caughtUp(): void {
    this.#news.release();
    this.#editor.wake();
    if (this.#isStale) void this.#reload();
  }

  #standing(): void {
    const { status } = this.#room.state.value;
    if (status === "joining") this.#news.hold();
    this.#changed();
  }

  #take(told: Notification | undefined): void {
    if (told === undefined) return;
    const { kind, todo, by, request } = told;
    const before = this.#entries.of(todo.id)?.base;
    const own = request === undefined ? undefined : this.#editor.told(request, todo);
    if (kind === "deleted") this.#takeDeleted(todo);
    else {
      const isKnown = before !== undefined || own !== undefined || kind === "created";
      const entry = isKnown ? this.#entries.hear(todo, own) : undefined;
      if (entry === undefined) return;
      if (kind === "created") this.#entries.born(entry);
      if (entry.base?.version === todo.version) entry.author = { version: todo.version, by };
      entry.touch();
      if (own === undefined && before?.version !== todo.version) this.#highlight(entry);
    }
    const isOwn = this.#editor.hasSent(request) || (by !== undefined && by === this.user());
    if (!isOwn && this.#isLoaded && this.isWatched) this.#news.tell(told, before);
    this.#changed();
  }

  #takeDeleted(todo: Todo): void {
    const entry = this.#entries.gone(todo.id);
    if (entry !== undefined) this.#editor.lose(entry, todo);
  }

  #highlight(entry: Entry): void {
    entry.isNews = true;
    setTimeout(() => {
      entry.isNews = false;
      entry.touch();
      this.#changed();
    }, NEWS);
  }

  #loadLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (!this.#isLoaded) void this.#reload();
    }, PATIENCE);
  }

  /** @returns whether everything that the server has was heard */
  #reload(): Promise<boolean> {
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
      this.#changed();
    });
    return this.#loading;
  }

  async #load(): Promise<boolean> {
    const isLive = this.#room.state.value.status === "live";
    const turn = this.#entries.turn;
    if (isLive) this.#isStale = false;
    const loaded: Todo[] = [];
    let after: string | undefined;
    do {
      const page = await this.api.todos(this.name, after);
      if (page.kind !== "done") {
        this.#failure = page.kind === "refused" ? page.message : "The server does not answer.";
        this.#isStale = true;
        if (page.kind !== "refused") this.#loadLater();
        return false;
      }
      loaded.push(...page.value.items);
      after = page.value.next;
      // What is there already stays as it is until all is known.
      if (!this.#isLoaded) this.#place(loaded);
    } while (after !== undefined);
    this.#place(loaded);
    for (const entry of this.#entries.endLoad(turn)) {
      if (entry.base !== undefined) this.#editor.lose(entry, entry.base);
    }
    this.#failure = undefined;
    this.#isLoaded = true;
    return true;
  }

  #place(todos: readonly Todo[]): void {
    for (const [index, todo] of todos.entries()) {
      const entry = this.#entries.hear(todo);
      if (entry !== undefined) this.#entries.place(entry, index);
    }
    this.#changed();
  }

  /** Told once for all that changes in one go. */
  #changed(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    queueMicrotask(() => {
      this.#isTelling = false;
      this.#view = this.#look();
      for (const listener of this.#listeners) listener();
    });
  }

  #look(): ListView {
    const rows = this.#entries.rows();
    const state = this.#room.state.value;
    return {
      status: this.#isLoaded ? "ready" : this.#failure === undefined ? "loading" : "failed",
      failure: this.#failure,
      rows,
      done: rows.filter(({ completed }) => completed).length,
      waiting: rows.filter(({ waits }) => waits).length,
      deaf: state.status === "refused" ? state.error.message : undefined,
    };
  }
}

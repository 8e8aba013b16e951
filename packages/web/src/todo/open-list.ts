import type { Fanfare, Room } from "@fanfare/client";
import { type Changes, roomOf } from "@fanfare/todo/types";
import { notify } from "../design/toasts.ts";
import { Store } from "../state/store.ts";
import { Editor } from "./editor.ts";
import { Entries } from "./entries.ts";
import type { Entry, Row } from "./entry.ts";
import { ListLoader } from "./list-loader.ts";
import { News, quoted } from "./news.ts";
import { Sender } from "./sender.ts";
import { type Change, readChange } from "./todo.ts";
import type { TodoApi } from "./todo-api.ts";

export interface ListView {
  readonly status: "loading" | "ready" | "failed";
  /** Why it is not there. */
  readonly failure: string | undefined;
  /** It is not tried again by itself. */
  readonly isRefused: boolean;
  readonly rows: readonly Row[];
  readonly done: number;
  /** Edits that wait for the server. */
  readonly waiting: number;
  /** Why nothing comes by itself. */
  readonly deaf: string | undefined;
}

/** Ms that a row stands out after somebody else has changed it. */
const NEWS = 4_000;

/**
 * A list that is open: loaded once its room is live, so that nothing falls between, and then kept up by the room's
 * notifications. After a break the room goes on where it was; where it cannot, the list is loaded anew.
 */
export class OpenList {
  readonly #entries = new Entries();
  readonly #sender: Sender;
  readonly #editor: Editor;
  readonly #loader: ListLoader;
  readonly #news = new News();
  readonly #room: Room;
  readonly #ending: (() => void)[] = [];
  readonly view = new Store<ListView>({
    status: "loading",
    failure: undefined,
    isRefused: false,
    rows: [],
    done: 0,
    waiting: 0,
    deaf: undefined,
  });
  #isTelling = false;

  constructor(
    readonly name: string,
    client: Fanfare,
    api: TodoApi,
    private readonly user: () => string | undefined,
  ) {
    const host = {
      changed: () => this.#changed(),
      lost: (title: string, wanted: Changes) => this.#tellLost(title, wanted),
    };
    this.#sender = new Sender(name, this.#entries, api, host);
    this.#editor = new Editor(this.#entries, this.#sender, host);
    this.#room = client.room(roomOf(name));
    this.#ending.push(
      this.#room.on("message", ({ type, data }) => this.#take(readChange(type, data))),
      this.#room.on("reset", () => this.#loader.expire()),
      this.#room.on("live", () => this.#caughtUp()),
      this.#room.state.subscribe(() => this.#standing()),
      client.state.subscribe(({ status }) => {
        if (status === "online") this.#sender.wake();
      }),
      () => this.#room.leave(),
    );
    this.#room.join().catch(() => {}); // its state says why
    this.#loader = new ListLoader(name, this.#entries, api, {
      isLive: () => this.#room.state.value.status === "live",
      changed: () => this.#changed(),
      lost: (entry) => this.#editor.lose(entry, entry.base?.title ?? ""),
    });
  }

  get isWatched(): boolean {
    return this.view.isObserved;
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
      notify({
        title: `Deleted ${quoted(title)}`,
        timeout: 8_000,
        action: { label: "Undo", onSelect: () => this.#editor.undo(entry, { title, completed }) },
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
    this.#loader.loadNow();
  }

  close(): void {
    this.#loader.close();
    this.#sender.close();
    this.#news.close();
    for (const end of this.#ending) end();
  }

  #edit(key: string, edit: (entry: Entry) => void): void {
    const entry = this.#entries.find(key);
    if (entry !== undefined) edit(entry);
  }

  #caughtUp(): void {
    this.#news.release();
    this.#sender.wake();
    this.#loader.refresh();
  }

  #standing(): void {
    const { status } = this.#room.state.value;
    if (status === "joining") this.#news.hold();
    this.#changed();
  }

  #take(told: Change | undefined): void {
    if (told === undefined) return;
    const { type, todo, by, request } = told;
    const known = this.#entries.find(todo.id);
    const before = known?.base;
    const isFromHere = this.#sender.hasSent(request);
    if (request !== undefined) this.#sender.told(request, todo);
    if (type === "todo.deleted") {
      const entry = this.#entries.gone(todo.id, todo.version);
      if (entry !== undefined) this.#editor.lose(entry, todo.title);
    } else {
      const entry = known !== undefined || type === "todo.created" ? this.#entries.hear(todo) : undefined;
      if (entry === undefined) return;
      if (type === "todo.created") this.#entries.born(entry);
      if (entry.base?.version === todo.version) entry.author = { version: todo.version, by };
      entry.touch();
      if (!isFromHere && before?.version !== todo.version) this.#highlight(entry);
    }
    const isOwn = isFromHere || (by !== undefined && by === this.user());
    if (!isOwn && this.#loader.isLoaded && this.isWatched) this.#news.tell(told, before);
    this.#changed();
  }

  #tellLost(title: string, { title: own = title, completed = false }: Changes): void {
    notify({
      title: `${quoted(title)} was deleted meanwhile`,
      description: "Your change to it could not be made.",
      timeout: 10_000,
      action: { label: "Add it again", onSelect: () => void this.#editor.create({ title: own, completed }) },
    });
  }

  #highlight(entry: Entry): void {
    entry.isNews = true;
    setTimeout(() => {
      entry.isNews = false;
      entry.touch();
      this.#changed();
    }, NEWS);
  }

  /** Told once for all that changes in one go. */
  #changed(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    queueMicrotask(() => {
      this.#isTelling = false;
      this.view.set(this.#look());
    });
  }

  #look(): ListView {
    const rows = this.#entries.rows();
    const state = this.#room.state.value;
    const { isLoaded, failure, isRefused } = this.#loader;
    return {
      status: isLoaded ? "ready" : failure === undefined ? "loading" : "failed",
      failure,
      isRefused,
      rows,
      done: rows.filter(({ completed }) => completed).length,
      waiting: rows.filter(({ waits }) => waits).length,
      // Where nothing may be read at all, the list says so.
      deaf: state.status === "refused" && !isRefused ? state.error.message : undefined,
    };
  }
}

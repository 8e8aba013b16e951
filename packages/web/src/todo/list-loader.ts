import type { Entries } from "./entries.ts";
import type { Entry } from "./entry.ts";
import type { Todo } from "./todo.ts";
import type { TodoApi } from "./todo-api.ts";

/** Ms after which a list is loaded though the live connection is not there; and loaded again if it could not be. */
const PATIENCE = 1_500;

export interface LoaderHost {
  /** Whether what changes from now on is told. */
  isLive(): boolean;
  changed(): void;
  /** The server does not have it any more. */
  lost(entry: Entry): void;
}

/** Loads a list, and loads it anew where the room could not go on. */
export class ListLoader {
  isLoaded = false;
  /** Why it could not be loaded. */
  failure: string | undefined;
  /** It would be refused again. */
  isRefused = false;
  /** What is shown is older than what the room tells from now on. */
  #isStale = true;
  #loading: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly list: string,
    private readonly entries: Entries,
    private readonly api: TodoApi,
    private readonly host: LoaderHost,
  ) {
    this.#loadLater();
  }

  /** The room told of a gap. */
  expire(): void {
    this.#isStale = true;
  }

  /** The room is live: nothing falls between any more. */
  refresh(): void {
    if (this.#isStale) this.#reload();
  }

  loadNow(): void {
    clearTimeout(this.#timer);
    this.#reload();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #loadLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (!this.isLoaded) this.#reload();
    }, PATIENCE);
  }

  #reload(): void {
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
      this.host.changed();
    });
  }

  async #load(): Promise<void> {
    const turn = this.entries.turn;
    if (this.host.isLive()) this.#isStale = false;
    const loaded: Todo[] = [];
    let after: string | undefined;
    do {
      const page = await this.api.todos(this.list, after);
      if (page.kind !== "done") {
        this.isRefused = page.kind === "refused";
        this.failure = page.kind === "refused" ? page.message : "The server does not answer.";
        this.#isStale = true;
        if (page.kind !== "refused") this.#loadLater();
        return;
      }
      loaded.push(...page.value.items);
      after = page.value.next;
      // What is there already stays as it is until all is known.
      if (!this.isLoaded) this.#place(loaded);
    } while (after !== undefined);
    this.#place(loaded);
    for (const entry of this.entries.endLoad(turn)) this.host.lost(entry);
    this.failure = undefined;
    this.isRefused = false;
    this.isLoaded = true;
  }

  #place(todos: readonly Todo[]): void {
    for (const [index, todo] of todos.entries()) {
      const entry = this.entries.hear(todo);
      if (entry !== undefined) this.entries.place(entry, index);
    }
    this.host.changed();
  }
}

import type { OptimisticTodo } from "./optimistic-todo.ts";
import type { Todo } from "./todo.ts";
import type { TodoApi } from "./todo-api.ts";
import type { TodoCollection } from "./todo-collection.ts";

/** Ms after which a list is loaded without a live connection, and loaded again after a failure. */
const TIMEOUT = 1_500;

export interface LoaderListener {
  /** Whether the room announces changes from now on. */
  isLive(): boolean;
  changed(): void;
  /** The server does not have the to-do any more. */
  lost(entry: OptimisticTodo): void;
}

/** Loads a list, and loads it again when the room cannot resume. */
export class ListLoader {
  isLoaded = false;
  /** Why it could not be loaded. */
  failure: string | undefined;
  /** The server would refuse it again. */
  isRefused = false;
  /** Changes between the load and the next notification may be missing. */
  #isStale = true;
  #loading: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly list: string,
    private readonly todos: TodoCollection,
    private readonly api: TodoApi,
    private readonly listener: LoaderListener,
  ) {
    this.#loadLater();
  }

  /** The room has reported a gap. */
  markStale(): void {
    this.#isStale = true;
  }

  /** The room is live: no change is missed from now on. */
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
    }, TIMEOUT);
  }

  #reload(): void {
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
      this.listener.changed();
    });
  }

  async #load(): Promise<void> {
    const revision = this.todos.revision;
    if (this.listener.isLive()) this.#isStale = false;
    const loaded: Todo[] = [];
    let after: string | undefined;
    do {
      const page = await this.api.todos(this.list, after);
      if (page.kind !== "done") {
        this.isRefused = page.kind === "refused";
        this.failure = page.kind === "refused" ? page.message : "The server doesn't respond.";
        this.#isStale = true;
        if (page.kind !== "refused") this.#loadLater();
        return;
      }
      loaded.push(...page.value.items);
      after = page.value.next;
      // Rows that are already shown change only after a complete load.
      if (!this.isLoaded) this.#place(loaded);
    } while (after !== undefined);
    this.#place(loaded);
    for (const entry of this.todos.removeMissing(revision)) this.listener.lost(entry);
    this.failure = undefined;
    this.isRefused = false;
    this.isLoaded = true;
  }

  #place(todos: readonly Todo[]): void {
    for (const [index, todo] of todos.entries()) {
      const entry = this.todos.upsert(todo);
      if (entry !== undefined) this.todos.place(entry, index);
    }
    this.listener.changed();
  }
}

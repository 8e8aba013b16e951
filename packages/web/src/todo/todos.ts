import { Fanfare } from "@fanfare/client";
import { ListIndex } from "./list-index.ts";
import { OpenList } from "./open-list.ts";
import { TodoApi } from "./todo-api.ts";

/** What the page has of the to-do service: its lists, and those that are open. */
export class Todos {
  readonly client: Fanfare;
  readonly index: ListIndex;
  readonly #api: TodoApi;
  readonly #open = new Map<string, OpenList>();

  /** @param user the name that changes are made under, as it is then */
  constructor(
    server: string,
    private readonly user: () => string | undefined,
  ) {
    // Nothing is published over the live connection; the service does that.
    this.client = new Fanfare(server, {
      outbox: "memory",
      client: { name: "fanfare-todo", version: "0.1.0" },
    });
    this.#api = new TodoApi(new URL("/api/todos", server), user);
    this.index = new ListIndex(this.client, this.#api);
  }

  /** The same one until nobody watches it and nothing of it waits. */
  open(name: string): OpenList {
    const known = this.#open.get(name);
    if (known !== undefined) return known;
    for (const [other, list] of this.#open) {
      if (list.isWatched || list.view().waiting > 0) continue;
      this.#open.delete(other);
      list.close();
    }
    const list = new OpenList(name, this.client, this.#api, this.user);
    this.#open.set(name, list);
    return list;
  }

  /** Whether something would be lost with the page. */
  get isUnsaved(): boolean {
    return [...this.#open.values()].some((list) => list.view().waiting > 0);
  }
}

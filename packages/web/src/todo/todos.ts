import type { Fanfare } from "@fanfare/client";
import type { Identity, Who } from "../identity/identity.ts";
import { ListIndex } from "./list-index.ts";
import { OpenList } from "./open-list.ts";
import { TodoApi } from "./todo-api.ts";

/** What the page has of the to-do service, for the one that somebody is here: its lists, and those that are open. */
export class Todos {
  readonly index: ListIndex;
  readonly #api: TodoApi;
  readonly #open = new Map<string, OpenList>();
  readonly #user: () => string | undefined;
  /** Tells whose they are; a name that may be changed is none. */
  readonly key: string;

  constructor(
    server: string,
    readonly client: Fanfare,
    identity: Identity,
    { kind, name }: Who,
  ) {
    this.key = kind === "open" ? kind : `${kind} ${name}`;
    // Where nobody proves who they are the name may change, and this goes on.
    this.#user = () => (kind === "open" ? identity.name : name);
    this.#api = new TodoApi(new URL("/api/todos", server), {
      name: this.#user,
      isStill: () => {
        const { value: standing } = identity.standing;
        if (standing.status === "out" || standing.who.kind !== kind) return false;
        return kind === "open" || standing.who.name === name;
      },
      ask: () => void identity.ask(),
    });
    this.index = new ListIndex(this.client, this.#api);
  }

  /** The same one until nobody watches it and nothing of it waits. */
  open(name: string): OpenList {
    const known = this.#open.get(name);
    if (known !== undefined) return known;
    for (const [other, list] of this.#open) {
      if (list.isWatched || list.view.value.waiting > 0) continue;
      this.#open.delete(other);
      list.close();
    }
    const list = new OpenList(name, this.client, this.#api, this.#user);
    this.#open.set(name, list);
    return list;
  }

  get author(): string | undefined {
    return this.#user();
  }

  /** Edits that wait for the server. */
  get waiting(): number {
    return [...this.#open.values()].reduce((sum, list) => sum + list.view.value.waiting, 0);
  }

  /** Whether something would be lost with the page. */
  get isUnsaved(): boolean {
    return this.waiting > 0;
  }

  close(): void {
    this.index.close();
    for (const list of this.#open.values()) list.close();
    this.#open.clear();
  }
}

import type { Fanfare } from "@fanfare/client";
import type { CurrentUser, Identity } from "../identity/identity.ts";
import { ListIndex } from "./list-index.ts";
import { OpenList } from "./open-list.ts";
import { listsWithEdits, PendingEdits } from "./pending-edits.ts";
import { TodoApi } from "./todo-api.ts";

/** The to-do lists of the current user: the index of all lists, and the open ones. */
export class TodoLists {
  readonly index: ListIndex;
  readonly #api: TodoApi;
  readonly #open = new Map<string, OpenList>();
  readonly #user: () => string | undefined;
  /** Differs between users. A name that the user can change is not part of it. */
  readonly key: string;

  constructor(
    server: string,
    readonly client: Fanfare,
    identity: Identity,
    { kind, name }: CurrentUser,
  ) {
    this.key = kind === "open" ? kind : `${kind} ${name}`;
    // Without tokens the user can change the name, and the lists stay open.
    this.#user = () => (kind === "open" ? identity.name : name);
    this.#api = new TodoApi(new URL("/api/todos", server), {
      name: this.#user,
      isCurrent: () => {
        const { value: auth } = identity.auth;
        if (auth.status === "out" || auth.user.kind !== kind) return false;
        return kind === "open" || auth.user.name === name;
      },
      refresh: () => void identity.refresh(),
    });
    this.index = new ListIndex(this.client, this.#api);
    // What an earlier page could not send is sent now, in whatever list it is.
    for (const list of listsWithEdits(this.key)) this.open(list);
  }

  /** @returns the open list; a list is closed when no component shows it and none of its changes waits */
  open(name: string): OpenList {
    const known = this.#open.get(name);
    if (known !== undefined) return known;
    for (const [other, list] of this.#open) {
      if (list.isShown || list.view.value.waiting > 0) continue;
      this.#open.delete(other);
      list.close();
    }
    const list = new OpenList(name, this.client, this.#api, this.#user, new PendingEdits(this.key, name));
    this.#open.set(name, list);
    return list;
  }

  get author(): string | undefined {
    return this.#user();
  }

  /** Changes that wait for the server. */
  get waiting(): number {
    return [...this.#open.values()].reduce((sum, list) => sum + list.view.value.waiting, 0);
  }

  /** Whether changes would be lost with the page. */
  get isUnsaved(): boolean {
    return this.waiting > 0 && [...this.#open.values()].some(({ isStored }) => !isStored);
  }

  close(): void {
    this.index.close();
    for (const list of this.#open.values()) list.close();
    this.#open.clear();
  }
}

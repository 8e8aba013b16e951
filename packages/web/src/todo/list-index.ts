import type { Fanfare } from "@fanfare/client";
import { roomOf, type TodoList } from "@fanfare/todo/types";
import { Store } from "../state/store.ts";
import type { TodoApi } from "./todo-api.ts";

export interface IndexView {
  readonly status: "loading" | "ready" | "failed" | "refused";
  readonly lists: readonly TodoList[];
  /** There are more lists than are shown. */
  readonly isCut: boolean;
}

const ORDER = new Intl.Collator(undefined, { numeric: true });
const MOST = 1_000;
/** Ms between two reads, however much changes. */
const PAUSE = 400;
/** Ms before another attempt after a failure. */
const RETRY_AFTER = 2_000;

/** All lists with their counts. When any list changes, the counts are read from the server again. */
export class ListIndex {
  readonly view = new Store<IndexView>({ status: "loading", lists: [], isCut: false });
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isReading = false;
  #isStale = false;
  #isClosed = false;

  constructor(
    client: Fanfare,
    private readonly api: TodoApi,
  ) {
    const changes = client.pattern(roomOf("*"));
    changes.on("message", () => this.#readLater(PAUSE));
    changes.on("reset", () => this.#readLater(0));
    changes.on("live", () => this.#readLater(0));
    changes.join().catch(() => {}); // without it the counts are read with each visit only
    this.#readLater(0);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #readLater(ms: number): void {
    if (this.#isClosed) return;
    this.#isStale = true;
    if (!this.#isReading) this.#timer ??= setTimeout(() => void this.#read(), ms);
  }

  async #read(): Promise<void> {
    this.#timer = undefined;
    this.#isStale = false;
    this.#isReading = true;
    const isRead = await this.#readPages();
    this.#isReading = false;
    if (!isRead) this.#readLater(RETRY_AFTER);
    else if (this.#isStale) this.#readLater(PAUSE);
  }

  async #readPages(): Promise<boolean> {
    const lists: TodoList[] = [];
    let after: string | undefined;
    do {
      const page = await this.api.lists(after);
      if (page.kind === "refused") {
        this.view.set({ status: "refused", lists: [], isCut: false });
        return true;
      }
      if (page.kind !== "done") {
        if (this.view.value.status === "loading") this.view.set({ ...this.view.value, status: "failed" });
        return false;
      }
      lists.push(...page.value.items);
      after = page.value.next;
    } while (after !== undefined && lists.length < MOST);
    // The server sorts by bytes, which is not the order that people expect. A cut list keeps it, since it is the first part.
    if (after === undefined) lists.sort((a, b) => ORDER.compare(a.list, b.list));
    this.view.set({ status: "ready", lists, isCut: after !== undefined });
    return true;
  }
}

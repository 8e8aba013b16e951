import type { Fanfare } from "@fanfare/client";
import type { Permissions } from "../identity/permissions.ts";
import { Store } from "../state/store.ts";
import { messageLine, type NewLine } from "./line.ts";
import type { Log } from "./log.ts";
import { Subscription } from "./subscription.ts";

const PAGE = 100;
const HUES = 10;

/** The rooms and patterns that the log follows. */
export class Subscriptions {
  readonly list = new Store<readonly Subscription[]>([]);
  readonly isLoading = new Store(false);

  constructor(
    private readonly client: Fanfare,
    private readonly log: Log,
    private readonly permissions: Permissions,
  ) {}

  /** Does nothing for a room that is in the list. */
  add(given: string): void {
    const name = given.normalize("NFC");
    if (this.find(name) !== undefined) return;
    const { client, permissions, log } = this;
    const changed = () => this.list.set([...this.list.value]);
    this.list.set([
      ...this.list.value,
      new Subscription(name, { client, permissions, log, hue: this.#freeHue(), changed }),
    ]);
  }

  /** Its lines stay in the log. */
  remove(name: string): void {
    this.find(name)?.end();
    this.list.set(this.list.value.filter((each) => each.name !== name));
  }

  find(name: string): Subscription | undefined {
    return this.list.value.find((each) => each.name === name);
  }

  /** Rooms with messages before those that are shown. @param room only this room */
  earlier(room = ""): readonly Subscription[] {
    return this.list.value.filter((each) => each.hasEarlier && (room === "" || each.name === room));
  }

  /** Puts one page of each of these rooms in front of the log. @throws {FanfareError} */
  async loadEarlier(room = ""): Promise<void> {
    if (this.isLoading.value) return;
    this.isLoading.set(true);
    try {
      const pages = await Promise.all(this.earlier(room).map((each) => pageBefore(each, this.client)));
      // The sort is stable, so messages of a room stay in order even if clocks went back.
      this.log.prepend(pages.flat().sort((a, b) => a.at - b.at));
    } finally {
      this.isLoading.set(false);
    }
  }

  clear(): void {
    this.log.clear();
    for (const each of this.list.value) each.resetHistory();
  }

  #freeHue(): number {
    const used = this.list.value.map(({ hue }) => hue);
    // Neighbours in the list get hues that differ much.
    const hues = Array.from({ length: HUES }, (_, i) => (7 + i * 3) % HUES);
    return hues.find((hue) => !used.includes(hue)) ?? hues[used.length % HUES] ?? 0;
  }
}

async function pageBefore(subscription: Subscription, client: Fanfare): Promise<readonly NewLine[]> {
  const { name, oldest, hue } = subscription;
  const page = await client.room(name).history({
    ...(oldest !== undefined && { before: oldest }),
    limit: PAGE,
  });
  subscription.setOldest(page.messages[0]?.offset ?? 1, page.oldest);
  return page.messages.map((message) => messageLine(message, { subscription: name, hue }, "past"));
}

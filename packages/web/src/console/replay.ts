import type { Fanfare } from "@fanfare/client";
import { hueOf } from "../design/index.ts";
import { Store } from "../state/store.ts";
import { messageLine, noteLine } from "./line.ts";
import type { Log } from "./log.ts";
import type { Subscriptions } from "./subscriptions.ts";

const PAGE = 1_000;

export interface Replaying {
  readonly room: string;
  readonly from: number;
  /** Messages so far. */
  readonly count: number;
}

/** Reads a room from an offset to its newest message at that time into the log; one replay at a time. */
export class Replay {
  readonly state = new Store<Replaying | undefined>(undefined);
  /** Replays that were started. */
  readonly runs = new Store(0);
  #stop = new AbortController();

  constructor(
    private readonly client: Fanfare,
    private readonly log: Log,
    private readonly subscriptions: Subscriptions,
  ) {}

  stop(): void {
    this.#stop.abort();
  }

  async run(room: string, from: number): Promise<void> {
    this.stop();
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const hue = this.subscriptions.find(room)?.hue ?? hueOf(room);
    const note = (text: string, tone?: "caution" | "danger") => this.log.add(noteLine(room, hue, text, tone));
    let count = 0;
    note(`Replay from offset ${from}`);
    this.state.set({ room, from, count });
    this.runs.set(this.runs.value + 1);
    try {
      const first = await this.#page(room, from - 1, signal);
      if (from > first.newest) note(`Nothing to replay: it ends at offset ${first.newest}`);
      else if (from < first.oldest)
        note(`Messages before offset ${first.oldest} have been deleted`, "caution");
      for (let page = first; page.messages.length > 0; ) {
        if (page.epoch !== first.epoch) {
          note("Replay ended: the room's log was reset", "caution");
          return;
        }
        const due = page.messages.filter(({ offset }) => offset <= first.newest);
        for (const message of due)
          this.log.add(messageLine(message, { subscription: undefined, hue }, "replay"));
        count += due.length;
        if (!signal.aborted) this.state.set({ room, from, count });
        const last = page.messages.at(-1)?.offset ?? first.newest;
        if (last >= first.newest) break;
        page = await this.#page(room, last, signal);
      }
      note(`Replay ended: ${count} ${count === 1 ? "message" : "messages"}`);
    } catch (error) {
      if (signal.aborted) note(`Replay stopped after ${count} messages`);
      else note(`Replay ended: ${error instanceof Error ? error.message : String(error)}`, "danger");
    } finally {
      if (this.#stop.signal === signal) this.state.set(undefined);
    }
  }

  #page(room: string, after: number, signal: AbortSignal) {
    return this.client.room(room).history({ after, limit: PAGE, signal });
  }
}

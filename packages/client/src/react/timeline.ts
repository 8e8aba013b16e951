import type { MessageTypes, Outgoing, Reset, Room, RoomMessage } from "../index.ts";
import { Listeners } from "../listeners.ts";

/** An item of a timeline: a message, an outgoing publish, or a place where messages were lost. */
export type TimelineItem<M extends MessageTypes, Out extends MessageTypes = M> =
  | { readonly kind: "message"; readonly key: string; readonly message: RoomMessage<M> }
  | { readonly kind: "outgoing"; readonly key: string; readonly outgoing: Outgoing<Out> }
  | { readonly kind: "reset"; readonly key: string; readonly reset: Reset };

export interface TimelineState<M extends MessageTypes, Out extends MessageTypes = M> {
  /** From the oldest to the newest; outgoing publishes come last. */
  readonly items: readonly TimelineItem<M, Out>[];
  /** Whether there is an older page. */
  readonly hasMore: boolean;
  readonly loading: boolean;
}

/** Messages in memory by default: as many as a server keeps. */
const KEEP = 100_000;
const PAGE = 100;

/** The messages of one room, with the history pages that were loaded, and the outgoing publishes. */
export class Timeline<M extends MessageTypes, Out extends MessageTypes = M> {
  #past: TimelineItem<M, Out>[] = [];
  #state: TimelineState<M, Out> | undefined;
  readonly #listeners = new Listeners<void>();
  #hasMore = false;
  #loading: Promise<void> | undefined;
  #resets = 0;
  /** The oldest offset that was read, including messages that are not shown. */
  #oldestRead = Number.POSITIVE_INFINITY;
  /** Rises when the timeline is cleared, so that a page that was requested before is dropped. */
  #generation = 0;
  keep = KEEP;

  constructor(private readonly room: Room<M, Out>) {
    room.on("message", (message) => this.#add({ kind: "message", key: message.key, message }));
    room.on("reset", (reset) => this.#reset(reset));
    room.on("live", ({ offset }) => {
      const first = this.#oldest();
      this.#hasMore ||= this.#resets === 0 && (first ?? offset + 1) > 1;
      this.#changed();
    });
    room.outgoing.listen(() => this.#changed());
    room.state.listen(({ status }) => {
      if (status === "left") this.#clear();
    });
    // The room was joined before: the messages it has received are in its history.
    if (room.position !== undefined) {
      this.#hasMore = room.position.offset > 0;
      void this.loadMore().catch(() => {});
    }
  }

  /** The same object until something changes. */
  get value(): TimelineState<M, Out> {
    this.#state ??= {
      items: [
        ...this.#past,
        ...this.room.outgoing.value.map(
          (outgoing) => ({ kind: "outgoing", key: outgoing.key, outgoing }) as const,
        ),
      ],
      hasMore: this.#hasMore,
      loading: this.#loading !== undefined,
    };
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Loads the page before the oldest message; one at a time. @throws as `Room.history` */
  loadMore(): Promise<void> {
    if (!this.#hasMore) return Promise.resolve();
    this.#loading ??= this.#load(this.#generation).finally(() => {
      this.#loading = undefined;
      this.#changed();
    });
    this.#changed();
    return this.#loading;
  }

  async #load(generation: number): Promise<void> {
    const { position } = this.room;
    const before = this.#oldest() ?? (position && position.offset + 1);
    const page = await this.room.history({ ...(before !== undefined && { before }), limit: PAGE });
    if (generation !== this.#generation) return;
    const isSameLog = page.epoch === (this.room.position?.epoch ?? page.epoch);
    const older = isSameLog ? page.messages : [];
    const first = isSameLog ? page.first : undefined;
    this.#oldestRead = first ?? Number.POSITIVE_INFINITY;
    this.#hasMore = first !== undefined && first > page.oldest;
    this.#past.unshift(...older.map((message) => ({ kind: "message", key: message.key, message }) as const));
    this.#trim();
  }

  #oldest(): number | undefined {
    const first = this.#past.find((item) => item.kind === "message");
    const offset = Math.min(
      this.#oldestRead,
      first?.kind === "message" ? first.message.offset : Number.POSITIVE_INFINITY,
    );
    return Number.isFinite(offset) ? offset : undefined;
  }

  #add(item: TimelineItem<M, Out>): void {
    this.#past.push(item);
    this.#trim();
    this.#changed();
  }

  #reset(reset: Reset): void {
    this.#resets += 1;
    // The offsets of another log begin anew: the pages before them cannot be read.
    if (isOtherLog(reset)) {
      this.#hasMore = false;
      this.#generation += 1; // a page that is being loaded was requested by an offset of the old one
    }
    if (this.#past.length > 0) this.#add({ kind: "reset", key: `reset ${this.#resets}`, reset });
  }

  #trim(): void {
    const surplus = this.#past.length - this.keep;
    // Several at a time: each removal moves the whole list.
    if (surplus <= Math.max(100, this.keep / 100)) return;
    this.#past.splice(0, surplus);
    this.#oldestRead = Number.POSITIVE_INFINITY;
    this.#hasMore = !this.#past.some((item) => item.kind === "reset" && isOtherLog(item.reset));
  }

  #clear(): void {
    this.#generation += 1;
    this.#past = [];
    this.#resets = 0;
    this.#oldestRead = Number.POSITIVE_INFINITY;
    this.#hasMore = false;
    this.#changed();
  }

  #changed(): void {
    this.#state = undefined;
    this.#listeners.emit();
  }
}

function isOtherLog({ reason }: Reset): boolean {
  return reason === "epoch" || reason === "future";
}

const timelines = new WeakMap<object, unknown>();

/** One timeline per room, so that all components show the same. */
export function timelineOf<M extends MessageTypes, Out extends MessageTypes>(
  room: Room<M, Out>,
): Timeline<M, Out> {
  const known = timelines.get(room);
  if (known instanceof Timeline) return known;
  const timeline = new Timeline(room);
  timelines.set(room, timeline);
  return timeline;
}

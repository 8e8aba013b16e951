import type { MessageTypes, Outgoing, Reset, Room, RoomMessage } from "../index.ts";

/** A line of a room as it is shown: a message, one on its way, or a place where messages were lost. */
export type TimelineItem<M extends MessageTypes, Out extends MessageTypes = M> =
  | { readonly kind: "message"; readonly key: string; readonly message: RoomMessage<M> }
  | { readonly kind: "outgoing"; readonly key: string; readonly outgoing: Outgoing<Out> }
  | { readonly kind: "reset"; readonly key: string; readonly reset: Reset };

export interface TimelineState<M extends MessageTypes, Out extends MessageTypes = M> {
  /** By age; what is on its way comes last. */
  readonly items: readonly TimelineItem<M, Out>[];
  /** Whether there is an older page. */
  readonly hasMore: boolean;
  readonly loading: boolean;
}

/** Messages that are kept in memory, unless told otherwise: as many as a server keeps. */
const KEPT = 100_000;
const PAGE = 100;

/** The messages of one room, those of the past as far as they were asked for, with what is on its way. */
export class Timeline<M extends MessageTypes, Out extends MessageTypes = M> {
  #past: TimelineItem<M, Out>[] = [];
  #state: TimelineState<M, Out> | undefined;
  readonly #listeners = new Set<() => void>();
  #hasMore = false;
  #loading: Promise<void> | undefined;
  #resets = 0;
  /** The oldest offset that was read, messages that are not shown included. */
  #skipped = Number.POSITIVE_INFINITY;
  /** Rises when what was shown is gone, so that a page that was asked for before is not shown. */
  #life = 0;
  kept = KEPT;

  constructor(private readonly room: Room<M, Out>) {
    room.on("message", (message) => this.#add({ kind: "message", key: message.key, message }));
    room.on("reset", (reset) => this.#reset(reset));
    room.on("live", ({ offset }) => {
      const first = this.#oldest();
      this.#hasMore ||= this.#resets === 0 && (first ?? offset + 1) > 1;
      this.#changed();
    });
    room.outgoing.subscribe(() => this.#changed());
    room.state.subscribe(({ status }) => {
      if (status === "left") this.#clear();
    });
    // Somebody else had joined it before: what was told then is in its history.
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
    const entry = () => listener();
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }

  /** Loads the page before the oldest message; one at a time. @throws as `Room.history` */
  loadMore(): Promise<void> {
    if (!this.#hasMore) return Promise.resolve();
    this.#loading ??= this.#load(this.#life).finally(() => {
      this.#loading = undefined;
      this.#changed();
    });
    this.#changed();
    return this.#loading;
  }

  async #load(life: number): Promise<void> {
    const { position } = this.room;
    const before = this.#oldest() ?? (position && position.offset + 1);
    const page = await this.room.history({ ...(before !== undefined && { before }), limit: PAGE });
    if (life !== this.#life) return;
    const isSameLog = page.epoch === (this.room.position?.epoch ?? page.epoch);
    const older = isSameLog ? page.messages : [];
    const first = isSameLog ? page.first : undefined;
    this.#skipped = first ?? Number.POSITIVE_INFINITY;
    this.#hasMore = first !== undefined && first > page.oldest;
    this.#past.unshift(...older.map((message) => ({ kind: "message", key: message.key, message }) as const));
    this.#trim();
  }

  #oldest(): number | undefined {
    const first = this.#past.find((item) => item.kind === "message");
    const offset = Math.min(
      this.#skipped,
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
    // Offsets of another log begin anew: what lies before them cannot be paged to.
    if (isOtherLog(reset)) {
      this.#hasMore = false;
      this.#life += 1; // a page on its way was asked for by an offset of the old one
    }
    if (this.#past.length > 0) this.#add({ kind: "reset", key: `reset ${this.#resets}`, reset });
  }

  #trim(): void {
    const surplus = this.#past.length - this.kept;
    // Not one by one: the list moves as a whole each time.
    if (surplus <= Math.max(100, this.kept / 100)) return;
    this.#past.splice(0, surplus);
    this.#skipped = Number.POSITIVE_INFINITY;
    this.#hasMore = !this.#past.some((item) => item.kind === "reset" && isOtherLog(item.reset));
  }

  #clear(): void {
    this.#life += 1;
    this.#past = [];
    this.#resets = 0;
    this.#skipped = Number.POSITIVE_INFINITY;
    this.#hasMore = false;
    this.#changed();
  }

  #changed(): void {
    this.#state = undefined;
    for (const listener of this.#listeners) listener();
  }
}

function isOtherLog({ reason }: Reset): boolean {
  return reason === "epoch" || reason === "future";
}

const timelines = new WeakMap<object, unknown>();

/** One for each room, so that all components show the same. */
export function timelineOf<M extends MessageTypes, Out extends MessageTypes>(
  room: Room<M, Out>,
): Timeline<M, Out> {
  const known = timelines.get(room);
  if (known instanceof Timeline) return known;
  const timeline = new Timeline(room);
  timelines.set(room, timeline);
  return timeline;
}

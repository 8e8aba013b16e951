import type { ResetReason } from "@fanfare/protocol";
import { EngineError, type Page, type StoredMessage } from "../engines/engine.ts";
import type { Connection } from "./connection.ts";
import type { Reads } from "./reads.ts";
import type { Room } from "./room.ts";
import type { Encoder } from "./update.ts";

/** Messages and bytes of one piece of a replay. */
const PIECE = { count: 1000, bytes: 192 * 1024 };

/** Where a membership begins in the log. */
export type Start =
  | { readonly from: "now" }
  /** The last `count` messages that its encoder shows. */
  | { readonly from: "history"; readonly count: number }
  /** After a position; without an epoch, whatever the log's life. */
  | { readonly from: "position"; readonly offset: number; readonly epoch?: string };

export interface Reset {
  readonly reason: ResetReason;
  readonly epoch: string;
  readonly oldest: number;
  readonly newest: number;
}

/** What a dialect hears of one membership, in this order: joined, then replays and resets, then live. */
export interface Follower {
  joined(at: { readonly epoch: string; readonly offset: number }): void;
  replay(frames: readonly string[]): void;
  reset(reset: Reset): void;
  /** From here on frames come through the room's broadcast. */
  live(offset: number, room: Room): void;
  /** The log cannot be read: the dialect closes the connection, which resumes later. */
  unreadable(): void;
}

/** One connection in one room: first it catches up, then it is live. */
export class Membership {
  /** Everything up to this offset has been sent or is not wanted. */
  #cursor = 0;
  #resetDue: ResetReason | undefined;
  #live = false;
  #ended = false;
  /** Whether an `enter` was put in for it. */
  entered = false;

  constructor(
    readonly connection: Connection,
    readonly room: Room,
    readonly encoder: Encoder,
    private readonly start: Start,
    /** Whether it is seen by others. */
    readonly visible: boolean,
    private readonly follower: Follower,
    private readonly reads: Reads,
  ) {}

  get live(): boolean {
    return this.#live;
  }

  /** The room is open: its epoch and head are known. */
  begin(): void {
    if (this.#ended) return;
    const { epoch, head } = this.room;
    this.follower.joined({ epoch, offset: head });
    const { start } = this;
    switch (start.from) {
      case "now":
        this.#cursor = head;
        break;
      case "position":
        this.#cursor = start.offset;
        if (start.epoch !== undefined && start.epoch !== epoch) this.#resetDue = "epoch";
        else if (start.offset > head) this.#resetDue = "future";
        break;
      case "history":
        this.connection.enqueue(() => this.#seek(start.count));
        return;
      default:
        start satisfies never;
    }
    this.connection.enqueue(() => this.#step());
  }

  end(): void {
    this.#ended = true;
  }

  /** Finds the offset behind which the last `count` messages lie that the encoder shows. */
  async #seek(count: number): Promise<void> {
    await this.#guarded(async () => {
      const { head } = this.room;
      this.#cursor = head;
      let missing = count;
      while (missing > 0 && !this.#ended) {
        const page = await this.reads.page(this.room.name, { before: this.#cursor + 1 }, PIECE);
        for (let i = page.messages.length - 1; i >= 0 && missing > 0; i--) {
          const message = page.messages[i];
          if (message === undefined) break;
          this.#cursor = message.offset - 1;
          if (this.encoder.shows(message)) missing--;
        }
        if (page.messages.length === 0 || this.#cursor < page.oldest) break;
      }
    });
    this.#again();
  }

  /** Sends the next piece of the past, or goes live where there is none. */
  #step(): Promise<void> | undefined {
    if (this.#ended) return undefined;
    if (this.#resetDue === undefined) {
      if (this.#cursor >= this.room.head) {
        this.#goLive();
        return undefined;
      }
      const piece = this.room.recent(this.#cursor, PIECE.bytes);
      if (piece !== undefined) {
        this.#replay(piece);
        this.#again();
        return undefined;
      }
    }
    return this.#guarded(async () => {
      const after = this.#resetDue === undefined ? this.#cursor : 0;
      this.#take(await this.reads.page(this.room.name, { after }, PIECE));
    }).then(() => this.#again());
  }

  /** @param page of the log after the cursor, or from its beginning where a reset is due. */
  #take(page: Page): void {
    if (this.#ended) return;
    if (this.#resetDue === undefined && page.oldest > this.#cursor + 1) this.#resetDue = "trimmed";
    if (this.#resetDue !== undefined) {
      const { epoch, oldest, head } = page;
      this.follower.reset({ reason: this.#resetDue, epoch, oldest, newest: head });
      this.#resetDue = undefined;
      this.#cursor = oldest - 1;
    }
    // What is committed but not yet announced here comes with its announcement.
    const { head } = this.room;
    this.#replay(page.messages.filter((message) => message.offset > this.#cursor && message.offset <= head));
  }

  #replay(messages: readonly StoredMessage[]): void {
    const last = messages.at(-1);
    if (last === undefined) return;
    const updates = messages.map((message) => ({ kind: "message", message }) as const);
    this.follower.replay(this.encoder.encode(this.room.name, updates));
    this.#cursor = last.offset;
  }

  /** In one synchronous step with the check that nothing is missing: no gap, no duplicate (SPEC JOIN-3). */
  #goLive(): void {
    this.#live = true;
    this.follower.live(this.room.head, this.room);
    this.room.welcome(this);
  }

  #again(): void {
    if (!this.#ended) this.connection.enqueue(() => this.#step());
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      if (this.#ended) return;
      if (error.kind === "damaged" && error.offset !== undefined) {
        // What cannot be vouched for is passed over, and said so (SPEC GAP-2).
        this.follower.reset({
          reason: "damaged",
          epoch: this.room.epoch,
          oldest: error.offset + 1,
          newest: this.room.head,
        });
        this.#resetDue = undefined;
        this.#cursor = error.offset;
        return;
      }
      this.#ended = true;
      this.follower.unreadable();
    }
  }
}

import type { Refusal, ResetReason } from "@fanfare/protocol";
import { EngineError, type Page, type PageLimit, type Range, type StoredMessage } from "../engines/engine.ts";
import { engineRefusal } from "./engine-refusal.ts";
import type { Presence } from "./presence.ts";
import type { ReadLimiter } from "./read-limiter.ts";
import type { Encoder } from "./update.ts";

/** Where a membership begins in the log. */
export type ReplayStart =
  | { readonly from: "now" }
  /** The last `count` messages that its encoder shows. */
  | { readonly from: "history"; readonly count: number }
  /**
   * After a position; without an epoch, in whatever epoch the room has. `id` is the id of the message at `offset`, if the
   * client knows it.
   */
  | { readonly from: "position"; readonly offset: number; readonly epoch?: string; readonly id?: string }
  /** After a position, by a client without the permission `history`: it gets a `reset`, and begins now (SPEC AUTH-6). */
  | { readonly from: "withheld" };

export interface Reset {
  readonly reason: ResetReason;
  readonly epoch: string;
  readonly oldest: number;
  readonly newest: number;
}

/** How a dialect follows a join; called in this order: joined, then replay and reset, then live. */
export interface JoinObserver {
  joined(at: { readonly epoch: string; readonly offset: number }): void;
  replay(frames: readonly string[]): void;
  reset(reset: Reset): void;
  /** From here on frames come through the room's broadcast. */
  live(offset: number, presence: Presence | undefined): void;
  /** Answers the join instead of `joined`: the room cannot be opened. */
  refused(refusal: Refusal): void;
  /** The log cannot be read any further: the dialect takes the connection out of the room. */
  unreadable(refusal: Refusal): void;
}

/** The room that is replayed, as far as this node has received it. */
export interface ReplayRoom {
  readonly name: string;
  readonly epoch: string;
  /** Offset of the newest message that this node has sent to its members. */
  readonly head: number;
  readonly presence: Presence | undefined;
  /** The bounds of one piece of a replay. */
  readonly piece: PageLimit;
  /** Messages after an offset, as far as memory reaches back. */
  recent(after: number, bytes: number): StoredMessage[] | undefined;
  /** Keeps a message that was read from the log in memory, if it is the newest: others will resume at it, too. */
  remember(message: StoredMessage): void;
  /** Resolves once the other clients have had their turn. */
  nextTurn(): Promise<void>;
  /** Runs once this node has sent the message at `offset`, which is committed, to its members. */
  whenSent(offset: number, run: () => void): void;
}

/** The member that a replay brings up to the present. */
export interface ReplayMember {
  readonly encoder: Encoder;
  /** The name under which its reads take turns: see `ReadLimiter`. */
  readonly reader: string;
  /** Called with how many messages were read that the encoder does not show. */
  scanned(messages: number): void;
  /** It left, or its replay failed. */
  readonly ended: boolean;
  /** Runs the next step of a replay once little enough waits for the client. */
  enqueue(step: () => Promise<void> | undefined): void;
  /** Subscribes it to the room's live topic. */
  goLive(): void;
  end(): void;
}

/** Brings a new member up to the present: the past that it asked for, piece by piece, then the live topic. */
export class Replay {
  /** Offset up to which everything has been sent, or was not requested. */
  #cursor = 0;
  /** The id that the message at the cursor has for the client; undefined once it was compared. */
  #expectedId: string | undefined;
  #resetDue: ResetReason | undefined;

  constructor(
    private readonly room: ReplayRoom,
    private readonly member: ReplayMember,
    private readonly start: ReplayStart,
    private readonly observer: JoinObserver,
    private readonly reads: ReadLimiter,
  ) {}

  /** The room is open: its epoch and head are known. */
  begin(): void {
    const { epoch, head } = this.room;
    this.observer.joined({ epoch, offset: head });
    // It left while the room opened: the join gets its reply (SPEC FRAME-2), and nothing else.
    if (this.member.ended) return;
    const { start } = this;
    switch (start.from) {
      case "now":
        this.#cursor = head;
        break;
      case "position":
        this.#cursor = start.offset;
        if (start.offset > 0) this.#expectedId = start.id;
        if (start.epoch !== undefined && start.epoch !== epoch) this.#resetDue = "epoch";
        break;
      case "withheld":
        this.#cursor = head;
        this.observer.reset({ reason: "forbidden", epoch, oldest: head + 1, newest: head });
        break;
      case "history":
        this.member.enqueue(() => this.#seek(start.count));
        return;
      default:
        start satisfies never;
    }
    this.#again();
  }

  /** Sets the cursor before the last `count` messages that the encoder shows. */
  async #seek(count: number): Promise<void> {
    await this.#guarded(async () => {
      const { head } = this.room;
      this.#cursor = head;
      let scannedTo = head;
      let missing = count;
      // Most encoders show every message, so the first piece reads no more than was requested.
      let size = Math.min(missing, this.room.piece.count);
      while (missing > 0 && !this.member.ended) {
        const page = await this.#read({ before: scannedTo + 1 }, size);
        size = this.room.piece.count;
        let hidden = 0;
        for (let i = page.messages.length - 1; i >= 0 && missing > 0; i--) {
          const message = page.messages[i];
          if (message === undefined) break;
          scannedTo = message.offset - 1;
          if (!this.member.encoder.shows(message)) hidden++;
          else {
            this.#cursor = scannedTo;
            missing--;
          }
        }
        if (hidden > 0) this.member.scanned(hidden);
        if (page.messages.length === 0 || scannedTo < page.oldest) break;
      }
    });
    this.#again();
  }

  /** Sends the next piece of the past, or goes live where there is none. */
  #step(): Promise<void> | undefined {
    if (this.member.ended) return undefined;
    if (this.#resetDue === undefined) {
      if (this.#cursor > this.room.head) return this.#guarded(() => this.#awaitNews());
      const id = this.#expectedId;
      if (id !== undefined) return this.#guarded(() => this.#compare(id));
      if (this.#cursor === this.room.head) {
        this.#goLive();
        return undefined;
      }
      const piece = this.room.recent(this.#cursor, this.room.piece.bytes);
      if (piece !== undefined) {
        this.#replay(piece);
        // A filter can pass over a long tail without sending anything: other clients have their turns in between.
        if (this.#cursor < this.room.head) return this.room.nextTurn().then(() => this.#again());
        this.#again();
        return undefined;
      }
    }
    return this.#guarded(async () => {
      const begin = this.#resetDue === undefined ? this.#cursor : 0;
      const count = Math.max(1, Math.min(this.room.piece.count, this.room.head - begin));
      this.#replayPage(await this.#read({ after: begin }, count));
    }).then(() => this.#again());
  }

  /**
   * The cursor is ahead of this node: the client has a message that another node, or a page of the log, sent before
   * the engine announced it here; or there is no such message.
   */
  async #awaitNews(): Promise<void> {
    const { head } = await this.#read({ after: this.#cursor }, 1);
    if (this.member.ended) return;
    if (head >= this.#cursor) {
      this.room.whenSent(this.#cursor, () => this.#again());
      return;
    }
    this.#resetDue = "future";
    this.#again();
  }

  /** If the log has another message at the cursor than the client has, it is another history (SPEC JOIN-9). */
  async #compare(id: string): Promise<void> {
    const offset = this.#cursor;
    const message = this.room.recent(offset - 1, 1)?.[0] ?? (await this.#readOne(offset));
    this.#expectedId = undefined;
    if (message?.offset === offset && message.id !== id) this.#resetDue = "epoch";
    this.#again();
  }

  /** The message at `offset`, or the oldest behind it; undefined where it is damaged, and cannot be compared. */
  async #readOne(offset: number): Promise<StoredMessage | undefined> {
    try {
      const { messages } = await this.#read({ after: offset - 1 }, 1);
      const [message] = messages;
      if (message !== undefined) this.room.remember(message);
      return message;
    } catch (error) {
      if (error instanceof EngineError && error.kind === "damaged") return undefined;
      throw error;
    }
  }

  /** @param page of the log after the cursor, or from its beginning where a reset is due. */
  #replayPage(page: Page): void {
    if (this.member.ended) return;
    if (this.#resetDue === undefined && page.oldest > this.#cursor + 1) this.#resetDue = "trimmed";
    if (this.#resetDue !== undefined) {
      const { epoch, oldest, head } = page;
      this.observer.reset({ reason: this.#resetDue, epoch, oldest, newest: head });
      this.#resetDue = undefined;
      this.#expectedId = undefined;
      this.#cursor = oldest - 1;
    }
    // A message that is committed but not yet announced here is left out: it comes with its announcement.
    const { head } = this.room;
    this.#replay(page.messages.filter((message) => message.offset > this.#cursor && message.offset <= head));
  }

  #replay(messages: readonly StoredMessage[]): void {
    const last = messages.at(-1);
    if (last === undefined) return;
    const { encoder } = this.member;
    const updates = messages.map((message) => ({ kind: "message", message }) as const);
    const frames = encoder.encode(this.room.name, updates);
    this.observer.replay(frames);
    // Where the encoder sends a frame for most messages, it hides none: no need to look.
    const mayHide = frames.length * 2 < messages.length;
    const hidden = mayHide ? messages.filter((message) => !encoder.shows(message)).length : 0;
    if (hidden > 0) this.member.scanned(hidden);
    this.#cursor = last.offset;
  }

  #read(range: Range, count: number): Promise<Page> {
    return this.reads.read(this.member.reader, this.room.name, range, { ...this.room.piece, count });
  }

  /** Called in the same synchronous step as the check that nothing is missing: no gap, no duplicate (SPEC JOIN-3). */
  #goLive(): void {
    this.member.goLive();
    if (!this.member.ended) this.observer.live(this.room.head, this.room.presence);
  }

  #again(): void {
    if (!this.member.ended) this.member.enqueue(() => this.#step());
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      if (this.member.ended) return;
      const { offset, through = offset } = error;
      if (error.kind === "damaged" && offset !== undefined && through !== undefined) {
        await this.#guarded(() => this.#passOver(offset, through));
        return;
      }
      this.member.end();
      this.observer.unreadable(engineRefusal(error));
    }
  }

  /** Skips damaged records and sends a `reset` for them (SPEC GAP-2, GAP-3); the records before them are sound. */
  async #passOver(damaged: number, through: number): Promise<void> {
    const count = Math.min(this.room.piece.count, damaged - 1 - this.#cursor);
    if (count > 0) {
      this.#replayPage(await this.#read({ before: damaged }, count));
    }
    if (this.member.ended) return;
    const { epoch, head } = this.room;
    this.observer.reset({ reason: "damaged", epoch, oldest: through + 1, newest: head });
    this.#resetDue = undefined;
    this.#cursor = through;
  }
}

import type { FairScheduler, Scheduled } from "./fair-scheduler.ts";
import { type ReadableSocket, type ReadBlock, ReadControl } from "./read-control.ts";

export type Frame = string | Buffer;

/** A socket as its inbound queue sees it: `Socket`. */
export interface FrameSource extends ReadableSocket {
  handle(frame: Frame): void;
}

/** Bytes of frames that are handled for one connection in one turn; each frame counts `PER_FRAME` bytes more. */
const SHARE = 64 * 1024;
const PER_FRAME = 64;

/**
 * Handles the frames of one client in order. A frame is handled at once, unless the hub or a dialect blocks the
 * connection, or the connection has used its share of the turn; then it waits here (SPEC FLOW-2, LIMIT-9).
 */
export class InboundQueue implements Scheduled {
  readonly #reading: ReadControl;
  /** Whether the scheduler will call `onTurn`. */
  #isQueued = false;
  /** Undefined while no frame waits, which saves memory: most connections have none. */
  #backlog: Frame[] | undefined;
  #turn = 0;
  #spent = 0;

  constructor(
    private readonly source: FrameSource,
    private readonly scheduler: FairScheduler,
  ) {
    this.#reading = new ReadControl(source);
  }

  /** Whether the socket is not read now. */
  get isBlocked(): boolean {
    return this.#reading.isBlocked;
  }

  receive(frame: Frame): void {
    if (!this.#reading.isHeld && !this.#isQueued) {
      this.#handle(frame);
      return;
    }
    this.#backlog ??= [];
    this.#backlog.push(frame);
  }

  block(reason: Exclude<ReadBlock, "turn">): void {
    this.#reading.block(reason);
  }

  /** Frames that wait are handled from the next turn on, not within the caller's step. */
  unblock(reason: Exclude<ReadBlock, "turn">): void {
    if (this.#backlog !== undefined) this.#queue();
    this.#reading.unblock(reason);
  }

  onTurn(): void {
    this.#isQueued = false;
    const frames = this.#backlog ?? [];
    let handled = 0;
    while (handled < frames.length && !this.#reading.isHeld && !this.#isQueued)
      this.#handle(frames[handled++] ?? "");
    this.#backlog = handled < frames.length ? frames.slice(handled) : undefined;
    if (this.#backlog !== undefined && !this.#reading.isHeld) this.#queue();
    if (!this.#isQueued) this.#reading.unblock("turn");
  }

  /** Called when the socket has closed: handles at once what the client sent before. */
  finish(): void {
    const frames = this.#backlog ?? [];
    this.#backlog = undefined;
    for (const frame of frames) this.source.handle(frame);
  }

  /** Drops the frames that wait, and never blocks reading again: only by reading does the server receive the client's close. */
  discard(): void {
    this.#backlog = undefined;
    this.#isQueued = false;
    this.#reading.release();
  }

  #handle(frame: Frame): void {
    const { turn } = this.scheduler;
    if (this.#turn !== turn) this.#spent = 0;
    this.#turn = turn;
    this.#spent += frame.length + PER_FRAME;
    if (this.#spent > SHARE) this.#queue();
    // Goes on in `Socket.handle`.
    this.source.handle(frame);
  }

  #queue(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    this.#reading.block("turn");
    this.scheduler.queue(this);
  }
}

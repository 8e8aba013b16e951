import type { Turns } from "./turns.ts";

export type Frame = string | Buffer;

/** A socket, as its inlet knows it. */
export interface Source {
  /** Reads no more. What it has read already comes nevertheless, 512 KiB at most. */
  stopReading(): void;
  readOn(): void;
  carryOut(frame: Frame): void;
}

/** What one connection may have carried out in one turn: bytes of frames, and so many more for each. */
const SHARE = 64 * 1024;
const PER_FRAME = 64;

/**
 * What comes in over one socket. It is read unless the hub, its pace or its share of the turn forbids. What was read
 * already then waits for the hub and for the next turn, and is carried out whatever the pace (SPEC FLOW-2, LIMIT-9).
 */
export class Inlet {
  #stopped = false;
  #held = false;
  /** It has had its share of this turn, or has something left from the turns before. */
  #queued = false;
  #isRead = true;
  /** Most have none, most of the time. */
  #backlog: Frame[] | undefined;
  #turn = 0;
  #spent = 0;

  constructor(
    private readonly source: Source,
    private readonly turns: Turns,
  ) {}

  get paused(): boolean {
    return !this.#isRead;
  }

  take(frame: Frame): void {
    if (!this.#stopped && !this.#queued) {
      this.#carryOut(frame);
      return;
    }
    this.#backlog ??= [];
    this.#backlog.push(frame);
  }

  /** By the hub's wish. */
  stop(): void {
    this.#stopped = true;
    this.#regulate();
  }

  go(): void {
    this.#stopped = false;
    if (this.#backlog !== undefined) this.#queue();
    this.#regulate();
  }

  /** For its pace. */
  hold(): void {
    this.#held = true;
    this.#regulate();
  }

  release(): void {
    this.#held = false;
    this.#regulate();
  }

  /** Its turn has come. */
  next(): void {
    this.#queued = false;
    const frames = this.#backlog ?? [];
    let taken = 0;
    while (taken < frames.length && !this.#stopped && !this.#queued) this.#carryOut(frames[taken++] ?? "");
    this.#backlog = taken < frames.length ? frames.slice(taken) : undefined;
    if (this.#backlog !== undefined && !this.#stopped) this.#queue();
    this.#regulate();
  }

  /** The client has gone: what it said before is carried out at once. */
  finish(): void {
    const frames = this.#backlog ?? [];
    this.#backlog = undefined;
    for (const frame of frames) this.source.carryOut(frame);
  }

  /** Whatever it still says is nobody's concern: it is read, so that its close is heard, and passed over. */
  open(): void {
    this.#backlog = undefined;
    this.#stopped = false;
    this.#held = false;
    this.#queued = false;
    this.#regulate();
  }

  #carryOut(frame: Frame): void {
    const { current } = this.turns;
    if (this.#turn !== current) this.#spent = 0;
    this.#turn = current;
    this.#spent += frame.length + PER_FRAME;
    if (this.#spent > SHARE) this.#queue();
    this.source.carryOut(frame);
    this.#regulate();
  }

  #queue(): void {
    if (this.#queued) return;
    this.#queued = true;
    this.turns.queue(this);
  }

  #regulate(): void {
    const isRead = !this.#stopped && !this.#held && !this.#queued && this.#backlog === undefined;
    if (isRead === this.#isRead) return;
    this.#isRead = isRead;
    if (isRead) this.source.readOn();
    else this.source.stopReading();
  }
}

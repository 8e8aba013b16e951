import { CLOSE, HEARTBEAT } from "@fanfare/protocol";

/** How often the wheel turns, in ms: the error of every time below. */
const TICK = 1_000;

/** Silence and standstill, in ms (SPEC LIVE-1, FLOW-1). */
export interface Timeouts {
  /** Silent for this long: the client is pinged. */
  readonly ping: number;
  /** Silent for this long, pong included: it is gone. */
  readonly dead: number;
  /** Something waits for it and it has taken nothing for this long: it is closed. */
  readonly stalled: number;
}

export const DEFAULT_TIMEOUTS: Timeouts = { ...HEARTBEAT, stalled: 10_000 };

/** What a heartbeat needs of a socket, until that is removed. Times in ms, by the heartbeat's clock. */
export interface HeartbeatSocket {
  /** When it was last heard. */
  receivedAt: number;
  /** When it last took something of what waits for it. */
  progressAt: number;
  readonly buffered: number;
  /** Whether it is not being read, so that it cannot be heard. */
  readonly isBlocked: boolean;
  ping(): void;
  /** Removes it. Bun cuts it off within 4 s if it does not go. */
  close(code: number, reason: string): void;
}

/**
 * A timer wheel over all sockets: each is looked at when it could next be due, not before. Bun's own idle
 * timeout neither pings a client that is being sent to nor ends one that is mute.
 */
export class Heartbeat {
  readonly #slots = new Map<number, Set<HeartbeatSocket>>();
  /** Every socket, and the slot in which it is looked at next. */
  readonly #sockets = new Map<HeartbeatSocket, number>();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #tick: number;
  /** By a clock that nobody sets: it must not jump when the machine's does. Without the time for which we were held up. */
  #now = performance.now();
  /** When the wheel was turned last, by that clock alone. */
  #turnedAt = this.#now;
  /** The first slot that the wheel has not turned past. */
  #next: number;

  constructor(private readonly timeouts: Timeouts) {
    this.#tick = Math.min(TICK, timeouts.ping);
    this.#next = Math.floor(this.#now / this.#tick) + 1;
    this.#timer = setInterval(() => this.turn(performance.now()), this.#tick);
  }

  /** Coarse: the time of the last turn. Cheap enough to be read for every frame. */
  get now(): number {
    return this.#now;
  }

  get count(): number {
    return this.#sockets.size;
  }

  add(socket: HeartbeatSocket): void {
    this.#schedule(socket, socket.receivedAt + this.timeouts.ping);
  }

  remove(socket: HeartbeatSocket): void {
    const slot = this.#sockets.get(socket);
    if (slot === undefined) return;
    this.#sockets.delete(socket);
    this.#slots.get(slot)?.delete(socket);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** A thread that was held up itself cannot say that others were silent: what they said still waits to be read. */
  turn(now: number): void {
    this.#now += Math.min(now - this.#turnedAt, this.#tick * 2);
    this.#turnedAt = now;
    while (this.#next * this.#tick <= this.#now) {
      const slot = this.#next++;
      const due = this.#slots.get(slot);
      this.#slots.delete(slot);
      for (const socket of due ?? []) if (this.#sockets.get(socket) === slot) this.#check(socket);
    }
    for (const socket of this.#sockets.keys()) this.#checkProgress(socket);
  }

  #check(socket: HeartbeatSocket): void {
    const { ping, dead } = this.timeouts;
    const silent = this.#now - socket.receivedAt;
    if (silent >= dead) {
      socket.close(CLOSE.silent.code, CLOSE.silent.reason);
      return;
    }
    if (silent >= ping) socket.ping();
    this.#schedule(socket, socket.receivedAt + (silent >= ping ? dead : ping));
  }

  /** Progress is a drain, or nothing waiting. */
  #checkProgress(socket: HeartbeatSocket): void {
    // Whom we do not read we cannot hear.
    if (socket.isBlocked) socket.receivedAt = this.#now;
    if (socket.buffered === 0) socket.progressAt = this.#now;
    else if (this.#now - socket.progressAt >= this.timeouts.stalled)
      socket.close(CLOSE.stalled.code, CLOSE.stalled.reason);
  }

  /** Puts the socket into the first slot that is turned past at or after `at`. */
  #schedule(socket: HeartbeatSocket, at: number): void {
    const slot = Math.max(Math.ceil(at / this.#tick), this.#next);
    this.#sockets.set(socket, slot);
    const sockets = this.#slots.get(slot);
    if (sockets === undefined) this.#slots.set(slot, new Set([socket]));
    else sockets.add(socket);
  }
}

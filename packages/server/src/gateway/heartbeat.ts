import { CLOSE } from "@fanfare/protocol";
import type { Limits } from "../config/limits.ts";

/** Ms between two turns of the wheel. Every timeout below may be late by one tick. */
const TICK = 1_000;

/** How long a client may be silent or take nothing (SPEC LIVE-1, FLOW-1). */
type Timeouts = Pick<Limits, "pingMs" | "deadMs" | "stalledMs">;

/** A socket as the heartbeat sees it. Times in ms, by the heartbeat's clock. */
export interface HeartbeatSocket {
  /** When the client last sent something. */
  receivedAt: number;
  /** When the client last took something of what waits for it. */
  progressAt: number;
  readonly buffered: number;
  /** Whether the socket is not read; the server then cannot see whether the client is silent. */
  readonly isBlocked: boolean;
  ping(): void;
  /** The owner then removes the socket. Bun terminates it within 4 s if the client does not answer. */
  close(code: number, reason: string): void;
}

/**
 * A timer wheel over all sockets: each is checked when its next timeout could be due, not before. Bun's own idle timeout
 * neither pings a client while frames are sent to it nor closes one that never answers.
 */
export class Heartbeat {
  readonly #slots = new Map<number, Set<HeartbeatSocket>>();
  /** Each socket, and the slot in which it is checked next. */
  readonly #sockets = new Map<HeartbeatSocket, number>();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #tick: number;
  /** Monotonic, since the wall clock can be set; does not count time for which this thread was held up. */
  #now = performance.now();
  /** When the wheel was last turned, held-up time included. */
  #turnedAt = this.#now;
  /** The first slot that the wheel has not turned past. */
  #next: number;

  constructor(private readonly timeouts: Timeouts) {
    this.#tick = Math.min(TICK, timeouts.pingMs);
    this.#next = Math.floor(this.#now / this.#tick) + 1;
    this.#timer = setInterval(() => this.turn(performance.now()), this.#tick);
  }

  /** The time of the last turn: coarse, but cheap enough to be read for every frame. */
  get now(): number {
    return this.#now;
  }

  get count(): number {
    return this.#sockets.size;
  }

  add(socket: HeartbeatSocket): void {
    this.#schedule(socket, socket.receivedAt + this.timeouts.pingMs);
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

  /** Time for which this thread was held up does not count as silence: frames of clients waited to be read. */
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
    const { pingMs, deadMs } = this.timeouts;
    const silent = this.#now - socket.receivedAt;
    if (silent >= deadMs) {
      socket.close(CLOSE.silent.code, CLOSE.silent.reason);
      return;
    }
    if (silent >= pingMs) socket.ping();
    this.#schedule(socket, socket.receivedAt + (silent >= pingMs ? deadMs : pingMs));
  }

  /** A client makes progress when its socket drains or nothing waits for it. A blocked socket is never taken for silent. */
  #checkProgress(socket: HeartbeatSocket): void {
    if (socket.isBlocked) socket.receivedAt = this.#now;
    if (socket.buffered === 0) socket.progressAt = this.#now;
    else if (this.#now - socket.progressAt >= this.timeouts.stalledMs)
      socket.close(CLOSE.stalled.code, CLOSE.stalled.reason);
  }

  /** Puts the socket into the first slot at or after `at`. */
  #schedule(socket: HeartbeatSocket, at: number): void {
    const slot = Math.max(Math.ceil(at / this.#tick), this.#next);
    this.#sockets.set(socket, slot);
    const sockets = this.#slots.get(slot);
    if (sockets === undefined) this.#slots.set(slot, new Set([socket]));
    else sockets.add(socket);
  }
}

import { CLOSE, type CloseFrame, HEARTBEAT } from "@fanfare/protocol";
import type { Socket } from "./socket.ts";

/** How often the wheel turns, in ms: the error of every time below. */
const TICK = 1_000;

/** Silence and standstill, in ms (SPEC LIVE-1, FLOW-1). */
export interface Patience {
  /** Silent for this long: the client is pinged. */
  readonly ping: number;
  /** Silent for this long, pong included: it is gone. */
  readonly dead: number;
  /** Something waits for it and it has taken nothing for this long: it is closed. */
  readonly stalled: number;
  /** A closed socket that does not go is cut off after this long. */
  readonly linger: number;
}

export const DEFAULT_PATIENCE: Patience = { ...HEARTBEAT, stalled: 10_000, linger: 5_000 };

/**
 * A timer wheel over all sockets: each is looked at when it could next be due, not before. Bun's own idle
 * timeout neither pings a client that is being sent to nor ends one that is mute.
 */
export class Heartbeat {
  readonly #slots = new Map<number, Set<Socket>>();
  readonly #sockets = new Set<Socket>();
  readonly #closing = new Map<Socket, number>();
  readonly #timer: ReturnType<typeof setInterval>;
  #now = Date.now();
  /** The first slot that the wheel has not turned past. */
  #turned: number;

  constructor(private readonly patience: Patience) {
    this.#turned = this.#slot(this.#now);
    this.#timer = setInterval(() => this.turn(Date.now()), Math.min(TICK, patience.ping));
  }

  /** Coarse: the time of the last turn. Cheap enough to be read for every frame. */
  get now(): number {
    return this.#now;
  }

  get count(): number {
    return this.#sockets.size;
  }

  add(socket: Socket): void {
    this.#sockets.add(socket);
    this.#due(socket, socket.heardAt + this.patience.ping);
  }

  remove(socket: Socket): void {
    this.#sockets.delete(socket);
    this.#closing.delete(socket);
  }

  /** Says goodbye to everyone. */
  close({ code, reason }: CloseFrame): void {
    for (const socket of this.#sockets) socket.close(code, reason);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  turn(now: number): void {
    this.#now = now;
    for (; this.#turned < this.#slot(now); this.#turned++) {
      const due = this.#slots.get(this.#turned);
      this.#slots.delete(this.#turned);
      for (const socket of due ?? []) if (this.#sockets.has(socket)) this.#judge(socket);
    }
    for (const socket of this.#sockets) this.#watch(socket);
  }

  #judge(socket: Socket): void {
    const { ping, dead } = this.patience;
    const silent = this.#now - socket.heardAt;
    if (silent >= dead) {
      this.#evict(socket, CLOSE.silent);
      return;
    }
    if (silent >= ping) socket.ws.ping();
    this.#due(socket, socket.heardAt + (silent >= ping ? dead : ping));
  }

  /** Progress is a drain, or nothing waiting. */
  #watch(socket: Socket): void {
    if (socket.closed) {
      const since = this.#closing.get(socket);
      if (since === undefined) this.#closing.set(socket, this.#now);
      else if (this.#now - since >= this.patience.linger) socket.ws.terminate();
    } else if (socket.buffered === 0) socket.progressAt = this.#now;
    else if (this.#now - socket.progressAt >= this.patience.stalled) this.#evict(socket, CLOSE.stalled);
  }

  #evict(socket: Socket, { code, reason }: CloseFrame): void {
    this.#closing.set(socket, this.#now);
    socket.close(code, reason);
  }

  #due(socket: Socket, at: number): void {
    const slot = Math.max(this.#slot(at) + 1, this.#turned + 1);
    const sockets = this.#slots.get(slot);
    if (sockets === undefined) this.#slots.set(slot, new Set([socket]));
    else sockets.add(socket);
  }

  #slot(at: number): number {
    return Math.floor(at / Math.min(TICK, this.patience.ping));
  }
}

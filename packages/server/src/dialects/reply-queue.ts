import type { ClientSocket } from "../hub/ports.ts";

/**
 * Answers a client that may send faster than it reads. Past the bound the client gets no more answers and its socket is
 * not read, until it has read what waits (SPEC ECHO-2). Frames that the gateway had already read wait here.
 */
export class ReplyQueue {
  #waiting: (() => void)[] = [];
  #next = 0;

  constructor(
    private readonly socket: ClientSocket,
    /** Bytes that may wait for the client before its frames do. */
    private readonly ahead: number,
  ) {}

  /** Runs `send`, which sends one answer, after the answers before it. */
  put(send: () => void): void {
    if (this.#waiting.length === 0 && this.socket.buffered <= this.ahead) {
      send();
      return;
    }
    if (this.#waiting.length === 0) this.socket.block("replies");
    this.#waiting.push(send);
  }

  /** The client has taken some of what waited for it. */
  writable(): void {
    if (this.#waiting.length === 0) return;
    while (this.socket.buffered <= this.ahead) {
      const send = this.#waiting[this.#next++];
      if (send === undefined) {
        this.#waiting = [];
        this.#next = 0;
        this.socket.unblock("replies");
        return;
      }
      send();
    }
  }
}

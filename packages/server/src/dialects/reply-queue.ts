import type { ClientSocket } from "../hub/ports.ts";

/**
 * Answers for a client that may send faster than it reads: past the bound nothing more is answered, and its socket
 * is not read, until it has taken what waits (SPEC ECHO-2). What the gateway had read before waits here.
 */
export class ReplyQueue {
  #waiting: (() => void)[] = [];
  #next = 0;

  constructor(
    private readonly socket: ClientSocket,
    /** Bytes that may wait for the client before its frames do. */
    private readonly ahead: number,
  ) {}

  /** Runs `send` in its turn; it sends one answer. */
  put(send: () => void): void {
    if (this.#waiting.length === 0 && this.socket.buffered <= this.ahead) {
      send();
      return;
    }
    if (this.#waiting.length === 0) this.socket.block("replies");
    this.#waiting.push(send);
  }

  /** The client has taken some of what was waiting for it. */
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

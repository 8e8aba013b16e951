import type { Link } from "../hub/ports.ts";

/**
 * Answers for a client that may send faster than it reads: past the bound nothing more is answered, and its socket
 * is not read, until it has taken what waits (SPEC ECHO-2). What the gateway had read before waits here.
 */
export class Answers {
  #waiting: (() => void)[] = [];
  #next = 0;

  constructor(
    private readonly link: Link,
    /** Bytes that may wait for the client before its frames do. */
    private readonly ahead: number,
  ) {}

  /** Runs `send` in its turn; it sends one answer. */
  put(send: () => void): void {
    if (this.#waiting.length === 0 && this.link.buffered <= this.ahead) {
      send();
      return;
    }
    if (this.#waiting.length === 0) this.link.pause();
    this.#waiting.push(send);
  }

  /** The client has taken some of what was waiting for it. */
  writable(): void {
    if (this.#waiting.length === 0) return;
    while (this.link.buffered <= this.ahead) {
      const send = this.#waiting[this.#next++];
      if (send === undefined) {
        this.#waiting = [];
        this.#next = 0;
        this.link.resume();
        return;
      }
      send();
    }
  }
}

interface Writable {
  /** @returns how many of the bytes the system took */
  write(bytes: Uint8Array): number;
}

/** The bytes that a socket did not take yet, in order. */
export class WriteBuffer {
  #waiting: Buffer | undefined;

  /** Whether the system took every byte that was sent. */
  get empty(): boolean {
    return this.#waiting === undefined;
  }

  /** Copies what the socket does not take at once, so that the caller may reuse `bytes`. */
  send(socket: Writable, bytes: Buffer): void {
    if (this.#waiting !== undefined) {
      this.#waiting = Buffer.concat([this.#waiting, bytes]);
      return;
    }
    const taken = Math.max(0, socket.write(bytes));
    if (taken < bytes.length) this.#waiting = Buffer.from(bytes.subarray(taken));
  }

  /** Writes what waits; for the socket's `drain` event. */
  drain(socket: Writable): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    const taken = Math.max(0, socket.write(waiting));
    if (taken < waiting.length) this.#waiting = waiting.subarray(taken);
  }
}

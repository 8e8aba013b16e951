interface Writable {
  /** @returns how many of the bytes the system took */
  write(bytes: Uint8Array): number;
}

/** What a socket did not take yet, in order. */
export class SocketOutbox {
  #waiting: Buffer | undefined;

  /** Whether everything that was sent is with the system. */
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

  /** To be called when the socket can take more. */
  drain(socket: Writable): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    this.#waiting = undefined;
    const taken = Math.max(0, socket.write(waiting));
    if (taken < waiting.length) this.#waiting = waiting.subarray(taken);
  }
}

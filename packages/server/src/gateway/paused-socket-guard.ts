/** A socket that is paused, or was and has not been drained since: `Socket`. */
export interface PausedSocket {
  readonly isBlocked: boolean;
  /** Bytes that the client has not taken yet; 0 once it is closed. */
  readonly buffered: number;
  /** Terminates the socket, soon. */
  cutOff(): void;
}

/** Characters published between two checks. */
const STEP = 32 * 1024;

/**
 * Cuts off paused sockets once too many bytes wait for their clients. Bun, past its own bound, drops a message but closes
 * the socket only once nothing is left to read: never while it is paused, or its client keeps sending. Such a client
 * would miss the dropped message and receive later ones: a silent gap (SPEC FLOW-1, JOIN-3).
 */
export class PausedSocketGuard {
  readonly #sockets = new Set<PausedSocket>();
  #published = 0;

  /** @param most bytes that may wait for one of them; far enough below Bun's bound for what is published between two checks */
  constructor(private readonly most: number) {}

  add(socket: PausedSocket): void {
    this.#sockets.add(socket);
    this.#check(socket);
  }

  remove(socket: PausedSocket): void {
    this.#sockets.delete(socket);
  }

  /** To be called before each publish, with its length. */
  beforePublish(characters: number): void {
    if (this.#sockets.size === 0) return;
    this.#published += characters;
    if (this.#published < STEP) return;
    this.#published = 0;
    for (const socket of this.#sockets) this.#check(socket);
  }

  #check(socket: PausedSocket): void {
    const { buffered } = socket;
    if (buffered > this.most) socket.cutOff();
    // Read again, and drained: Bun's own bound is enough from here on.
    else if (buffered === 0 && !socket.isBlocked) this.#sockets.delete(socket);
  }
}

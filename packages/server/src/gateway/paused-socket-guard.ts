/** A socket that is not read, or was not. */
export interface PausedSocket {
  readonly isBlocked: boolean;
  /** Bytes that the client has not taken yet; 0 once it is closed. */
  readonly buffered: number;
  /** Terminates the socket, soon. */
  cutOff(): void;
}

/** Characters that are published between two checks. */
const STEP = 32 * 1024;

/**
 * Cuts off sockets that are not read once too much waits for their clients. Past its bound Bun drops a message, and
 * closes the socket only when there is nothing left to read from it: never while it is paused, or while its client keeps
 * sending. A client that then takes what waits would receive messages from behind the gap (SPEC FLOW-1, JOIN-3).
 */
export class PausedSocketGuard {
  readonly #sockets = new Set<PausedSocket>();
  #published = 0;

  /** @param most bytes that may wait for one of them: below Bun's bound by what is published between two checks */
  constructor(private readonly most: number) {}

  add(socket: PausedSocket): void {
    this.#sockets.add(socket);
    this.#check(socket);
  }

  remove(socket: PausedSocket): void {
    this.#sockets.delete(socket);
  }

  /** To be called before so many characters are published. */
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
    // A client that has taken everything is read like any other again.
    else if (buffered === 0 && !socket.isBlocked) this.#sockets.delete(socket);
  }
}

/** A socket that is not read, or was not. */
export interface Behind {
  readonly paused: boolean;
  /** Bytes that the client has not taken yet; 0 once it is closed. */
  readonly buffered: number;
  /** Cuts it off, soon. */
  overrun(): void;
}

/** So many characters are published between two looks. */
const STEP = 32 * 1024;

/**
 * Looks after sockets that are not read while messages are published to them. Past its bound Bun drops a message, and
 * closes the socket once there is nothing to read from it any more: never while nobody reads it, or while its client
 * talks on. Who then takes what waits would be sent to behind the gap (SPEC FLOW-1, JOIN-3), so they are cut before.
 */
export class Unread {
  readonly #sockets = new Set<Behind>();
  #published = 0;

  /** @param most bytes that may wait for one of them: below Bun's bound by what is published between two looks */
  constructor(private readonly most: number) {}

  add(socket: Behind): void {
    this.#sockets.add(socket);
    this.#look(socket);
  }

  remove(socket: Behind): void {
    this.#sockets.delete(socket);
  }

  /** So many characters are about to be published. */
  publishing(characters: number): void {
    if (this.#sockets.size === 0) return;
    this.#published += characters;
    if (this.#published < STEP) return;
    this.#published = 0;
    for (const socket of this.#sockets) this.#look(socket);
  }

  #look(socket: Behind): void {
    const { buffered } = socket;
    if (buffered > this.most) socket.overrun();
    // What it had not been heard saying has been heard by now: whoever has taken everything is as good as any other.
    else if (buffered === 0 && !socket.paused) this.#sockets.delete(socket);
  }
}

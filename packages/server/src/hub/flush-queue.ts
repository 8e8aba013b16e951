/** Callbacks that send what a turn has queued, at its end. */
export class FlushQueue {
  readonly #queued = new Set<() => void>();

  /** `send` runs once, before this turn ends or a room sends a frame, so that the replies of a turn share a frame. */
  add(send: () => void): void {
    this.#queued.add(send);
  }

  flush(): void {
    for (const send of this.#queued) {
      this.#queued.delete(send);
      send();
    }
  }
}

import type { OutboxChange, OutboxStore, StoredOutbox, StoredPublish } from "@fanfare/client";

type Life = OutboxStore & {
  /** The program ends here. A save that is under way has still come through, or has not; later ones have not. */
  crash(comesThrough: boolean): void;
};

/** What outlives a program: an outbox on a slow disk, which one client after the other has. */
export class CrashingStore {
  /** Everything that has ever been stored, in that order. */
  readonly stored: StoredPublish[] = [];
  #publisher: string | undefined;
  #user: string | undefined;
  readonly #next = new Map<string, number>();
  readonly #waiting = new Map<number, StoredPublish>();

  /** @param slowness ms that the next save takes */
  constructor(private readonly slowness: () => number) {}

  /** For the next program. */
  open(): Life {
    let dead = false;
    let finish: (() => void) | undefined;
    return {
      durable: true,
      load: () => this.#load(),
      save: (changes) =>
        new Promise<void>((resolve) => {
          if (dead) return;
          finish = () => {
            finish = undefined;
            this.#apply(changes);
            resolve();
          };
          setTimeout(() => dead || finish?.(), this.slowness());
        }),
      close: () => {},
      crash: (comesThrough) => {
        if (comesThrough) finish?.();
        dead = true;
      },
    };
  }

  #load(): StoredOutbox {
    return {
      ...(this.#publisher !== undefined && { publisher: this.#publisher }),
      ...(this.#user !== undefined && { user: this.#user }),
      next: new Map(this.#next),
      waiting: [...this.#waiting.values()].sort((a, b) => a.serial - b.serial),
    };
  }

  #apply(changes: readonly OutboxChange[]): void {
    for (const change of changes) {
      if (change.kind === "publisher") {
        this.#publisher = change.publisher;
        this.#next.clear();
      } else if (change.kind === "user") this.#user = change.user;
      else if (change.kind === "next") this.#next.set(change.room, change.next);
      else if (change.kind === "remove") this.#waiting.delete(change.serial);
      else {
        this.#waiting.set(change.publish.serial, change.publish);
        this.stored.push(change.publish);
      }
    }
  }
}

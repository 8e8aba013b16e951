import type { Randomness } from "./ports.ts";

/** Publishers whose public form is remembered. */
const REMEMBERED = 10_000;

/** Makes ids for messages without one, names for guests without one, and the public ids of publishers. */
export class IdGenerator {
  /** Unique by this node's random part. */
  readonly #idPrefix: string;
  #ids = 0;
  readonly #tags = new Map<string, string>();

  constructor(private readonly randomness: Randomness) {
    this.#idPrefix = randomness.name().slice(0, 10);
  }

  /** Contains a dot, as no client's id does (SPEC NAME-4). */
  messageId(): string {
    return `${this.#idPrefix}.${(++this.#ids).toString(36)}`;
  }

  /** A name for a guest who gave none. For a publisher it is always the same: with another sender, its retries would conflict. */
  guestName(publisher?: string): string {
    const name = publisher === undefined ? this.randomness.name() : this.publisherTag(publisher);
    return `guest-${name.slice(0, 8)}`;
  }

  /** The public id of a publisher: always the same, and the secret cannot be computed from it. */
  publisherTag(publisher: string): string {
    let tag = this.#tags.get(publisher);
    if (tag === undefined) {
      if (this.#tags.size >= REMEMBERED) this.#tags.clear();
      tag = this.randomness.digest(publisher);
      this.#tags.set(publisher, tag);
    }
    return tag;
  }
}

import type { Randomness } from "./ports.ts";

/** Publishers whose public form is remembered. */
const REMEMBERED = 10_000;

/** The names that a node gives: to messages and guests that came without one, and to publishers in public. */
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

  /** A name for someone who gave none; a publisher's is always the same, or its retries would not be its own. */
  guestName(publisher?: string): string {
    const name = publisher === undefined ? this.randomness.name() : this.publisherTag(publisher);
    return `guest-${name.slice(0, 8)}`;
  }

  /** How a publisher's messages are called; the same for ever, and no way back to the secret. */
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

/** One room's log, and what the room remembers of ids and publishers. */
import type { Policy } from "../../config/policy.ts";
import { pageOf } from "../broker/page.ts";
import type { Append, PageLimit, Range, StoredMessage } from "../engine.ts";
import { IdWindow } from "../sequencer/id-window.ts";
import { NumberWindow } from "../sequencer/number-window.ts";
import type { Recall } from "../sequencer/sequencer.ts";

export class MemoryRoom implements Recall {
  readonly #history: Policy["history"];
  readonly #publisherTtlMs: number;
  /** From `oldest - #trimmed` on; the trimmed ones before are cut off now and then, since each cut copies the rest. */
  #messages: StoredMessage[] = [];
  #trimmed = 0;
  readonly #ids = new IdWindow();
  readonly #publishers = new Map<string, NumberWindow>();
  #head = 0;
  /** The time of the present step: a publisher that has expired by then is unknown. */
  now = 0;

  constructor(history: Policy["history"], publisherTtlMs: number) {
    this.#history = history;
    this.#publisherTtlMs = publisherTtlMs;
  }

  get head(): number {
    return this.#head;
  }

  /** Offset of the oldest message that can be read; `head + 1` if there is none. */
  get oldest(): number {
    return this.#head - (this.#messages.length - this.#trimmed) + 1;
  }

  ids(): IdWindow {
    return this.#ids;
  }

  numbers(publisher: string): NumberWindow | undefined {
    const numbers = this.#publishers.get(publisher);
    return numbers !== undefined && this.#isKnown(numbers, this.now) ? numbers : undefined;
  }

  stored(offset: number): StoredMessage | undefined {
    return offset < this.oldest ? undefined : this.#messages[this.#indexOf(offset)];
  }

  /** @returns the offset of the new message. */
  keep(append: Append, now: number): number {
    const { id, type, from, at, data, recognition } = append;
    const offset = ++this.#head;
    this.#messages.push({ offset, id, type, from, at, data });
    if (recognition.by === "id") this.#ids.remember(id, offset);
    if (recognition.by === "number") {
      const numbers = this.numbers(recognition.publisher) ?? new NumberWindow();
      numbers.accept(offset, at);
      this.#publishers.set(recognition.publisher, numbers);
    }
    this.trim(now);
    return offset;
  }

  read(range: Range, limit: PageLimit): StoredMessage[] {
    if ("after" in range) {
      const from = Math.max(range.after + 1, this.oldest);
      return pageOf(limit, (i) => this.#messages[this.#indexOf(from) + i]);
    }
    const last = Math.min(range.before - 1, this.#head);
    return pageOf(limit, (i) => this.stored(last - i)).reverse();
  }

  /** Applies the policy's bounds on count and age (SPEC ROOM-3). */
  trim(now: number): void {
    const { count, ageMs } = this.#history;
    this.#trimmed = Math.max(this.#trimmed, this.#messages.length - count);
    while ((this.#messages[this.#trimmed]?.at ?? now) < now - ageMs) this.#trimmed++;
    if (this.#trimmed * 2 <= this.#messages.length) return;
    this.#messages = this.#messages.slice(this.#trimmed);
    this.#trimmed = 0;
  }

  forgetPublishers(now: number): void {
    for (const [publisher, numbers] of this.#publishers) {
      if (!this.#isKnown(numbers, now)) this.#publishers.delete(publisher);
    }
  }

  #isKnown(numbers: NumberWindow, now: number): boolean {
    return now - numbers.seen <= this.#publisherTtlMs;
  }

  #indexOf(offset: number): number {
    return this.#messages.length - 1 - (this.#head - offset);
  }
}

import type { EngineNode, Page, PageLimit, Range } from "../engines/engine.ts";
import { PriorityQueue } from "./priority-queue.ts";

/** Messages that the reads under way may request together; a single read may request more. */
const MESSAGES = 500;
/** A read of so many messages does not wait for that bound. */
const SMALL = 32;
/** About the cost of a read without its messages, in messages. */
const OVERHEAD = 32;
/** Readers remembered without a waiting read: those that read last. */
const REMEMBERED = 1_000;

interface Waiting {
  readonly messages: number;
  readonly start: () => void;
}

/**
 * Bounds the reads of the log that are under way, and starts waiting reads by fair queueing: a reader that reads little goes
 * before readers that read much, however many they are (SPEC FLOW-5). The rank of a read is the cost of its reader's reads
 * up to it; a reader that comes back begins at the rank at which the latest started read began.
 */
export class ReadLimiter {
  readonly #waiting = new PriorityQueue<Waiting>();
  /** By reader, the rank of its latest read; in the order of these reads. */
  readonly #ranks = new Map<string, number>();
  /** The rank at which the read began that was started last. */
  #begun = 0;
  #reads = 0;
  /** Messages that the reads under way request together. */
  #messages = 0;

  /** @param most reads under way at a time */
  constructor(
    private readonly engine: Pick<EngineNode, "read">,
    private readonly most: number,
  ) {}

  /**
   * @param reader takes turns with the other readers
   * @throws {EngineError} as `EngineNode.read` does.
   */
  read(reader: string, room: string, range: Range, limit: PageLimit): Promise<Page> {
    const messages = limit.count;
    const begin = Math.max(this.#begun, this.#ranks.get(reader) ?? 0);
    const rank = begin + messages + OVERHEAD;
    this.#remember(reader, rank);
    return new Promise((resolve) => {
      const start = () => {
        this.#begun = Math.max(this.#begun, begin);
        this.#reads++;
        this.#messages += messages;
        resolve(this.#perform(reader, messages, () => this.engine.read(room, range, limit)));
      };
      this.#waiting.add(rank, { messages, start });
      this.#startNext();
    });
  }

  async #perform(reader: string, messages: number, read: () => Promise<Page>): Promise<Page> {
    try {
      const page = await read();
      this.#giveBack(reader, messages - page.messages.length);
      return page;
    } finally {
      this.#reads--;
      this.#messages -= messages;
      this.#startNext();
    }
  }

  #startNext(): void {
    for (let next = this.#waiting.first; next !== undefined; next = this.#waiting.first) {
      const fits = next.messages <= SMALL || this.#messages + next.messages <= MESSAGES || this.#reads === 0;
      if (!fits || this.#reads >= this.most) return;
      this.#waiting.pop();
      next.start();
    }
  }

  #remember(reader: string, rank: number): void {
    this.#ranks.delete(reader);
    this.#ranks.set(reader, rank);
    const most = this.#waiting.size + this.#reads + REMEMBERED;
    for (const oldest of this.#ranks.keys()) {
      if (this.#ranks.size <= most) return;
      this.#ranks.delete(oldest);
    }
  }

  /** Takes `messages` off the reader's rank: its page had fewer than it requested. */
  #giveBack(reader: string, messages: number): void {
    const rank = this.#ranks.get(reader);
    if (rank !== undefined) this.#ranks.set(reader, rank - messages);
  }
}

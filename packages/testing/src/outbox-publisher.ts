import { LIMITS, type PublishReply } from "@fanfare/protocol";
import { Disconnected, NativeClient } from "./native-client.ts";

export interface Draft {
  readonly room: string;
  readonly type: string;
  /** Different for every draft of a test. */
  readonly text: string;
  readonly n?: number;
  readonly id?: string;
}

export interface Acknowledged {
  readonly draft: Draft;
  readonly reply: PublishReply;
}

/** How its retries are recognised; one that goes without never retries. */
export type Recognised = "number" | "id" | "nothing";

/**
 * Publishes as fast as it is answered, at most 64 at a time, and keeps what has not been answered over every
 * disconnect, as the outbox of an SDK does.
 */
export class OutboxPublisher {
  /** In the order of their publishing. */
  readonly drafts: Draft[] = [];
  readonly acknowledged: Acknowledged[] = [];
  readonly refusals: string[] = [];
  readonly #unanswered = new Set<Draft>();
  readonly #secret = crypto.randomUUID();
  #stopping = false;

  /** @param onAcknowledged called after each acknowledgement. */
  constructor(
    readonly name: string,
    readonly room: string,
    readonly recognised: Recognised,
    private readonly types: readonly string[],
    private readonly onAcknowledged: () => void = () => {},
    /** Characters of a text, at most. */
    private readonly longest = 200,
  ) {}

  /** Retries what is unanswered, then publishes on until the connection ends or it is stopped. */
  async run(server: URL): Promise<void> {
    const client = await NativeClient.connect(server, this.name, { publisher: this.#secret }).catch(
      () => undefined,
    );
    if (client === undefined) return; // killed before it could say hello
    const idle = Promise.withResolvers<void>();
    for (const draft of this.#unanswered) void this.#send(client, draft, idle.resolve);
    this.#fill(client, idle.resolve);
    await Promise.race([client.closed, idle.promise]);
    if (this.recognised === "nothing") this.#unanswered.clear();
    if (client.link.open) await client.close();
  }

  /** Takes up nothing new; `run` ends once everything is answered. */
  stop(): void {
    this.#stopping = true;
  }

  #fill(client: NativeClient, idle: () => void): void {
    while (!this.#stopping && client.link.open && this.#unanswered.size < LIMITS.inFlight) {
      const draft = this.#draft();
      this.drafts.push(draft);
      this.#unanswered.add(draft);
      void this.#send(client, draft, idle);
    }
    if (this.#stopping && this.#unanswered.size === 0) idle();
  }

  #draft(): Draft {
    const serial = this.drafts.length + 1;
    return {
      room: this.room,
      type: this.types[serial % this.types.length] ?? "note",
      text: `${this.name} ${serial} ${"x".repeat((serial * 37) % this.longest)}`,
      ...(this.recognised === "number" && { n: serial }),
      ...(this.recognised === "id" && { id: `${this.name}-${serial}` }),
    };
  }

  async #send(client: NativeClient, draft: Draft, idle: () => void): Promise<void> {
    const { room, type, text, n, id } = draft;
    try {
      const reply = await client.request({
        op: "publish",
        room,
        type,
        data: { text },
        ...(n !== undefined && { n }),
        ...(id !== undefined && { id }),
      });
      if (reply.op === "error") this.refusals.push(`${text.slice(0, 40)}: ${JSON.stringify(reply)}`);
      else this.acknowledged.push({ draft, reply: reply as PublishReply });
      this.#unanswered.delete(draft);
      this.onAcknowledged();
      this.#fill(client, idle);
    } catch (error) {
      if (!(error instanceof Disconnected)) throw error;
    }
  }
}

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

/** How the server recognises its retries; with `nothing` it never retries. */
export type Recognised = "number" | "id" | "nothing";

/**
 * Publishes with at most 64 publishes in flight, and sends those without an answer again after every disconnect, as the
 * SDK's outbox does.
 */
export class IdempotentPublisher {
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

  /** Retries what has no answer, then publishes until the connection ends or `stop` is called. */
  async run(server: URL): Promise<void> {
    const client = await NativeClient.connect(server, this.name, { publisher: this.#secret }).catch(
      () => undefined,
    );
    if (client === undefined) return; // the server was killed before it answered hello
    const idle = Promise.withResolvers<void>();
    for (const draft of this.#unanswered) void this.#send(client, draft, idle.resolve);
    this.#fill(client, idle.resolve);
    await Promise.race([client.closed, idle.promise]);
    if (this.recognised === "nothing") this.#unanswered.clear();
    if (client.socket.open) await client.close();
  }

  /** Starts no new publish; `run` ends once every publish has its answer. */
  stop(): void {
    this.#stopping = true;
  }

  #fill(client: NativeClient, idle: () => void): void {
    while (!this.#stopping && client.socket.open && this.#unanswered.size < LIMITS.inFlight) {
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

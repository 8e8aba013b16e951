import type { ErrorFrame, PublisherReply, PublishReply } from "@fanfare/protocol";
import type { Backoff } from "../backoff.ts";
import type { Connection } from "../connection.ts";
import { FanfareError } from "../errors.ts";
import { ANSWERS, answers } from "../frames.ts";
import type { Greeting } from "../link.ts";
import type { Abortable, Cell } from "../value.ts";
import type { Echo } from "./echo.ts";
import { Ledger } from "./ledger.ts";
import { type Draft, type Publish, type Receipt, RoomQueue } from "./queue.ts";
import { secret } from "./secret.ts";
import { MemoryStore, type OutboxStore, type StoredOutbox, type StoredPublish } from "./store.ts";

export interface OutboxState {
  /** Publishes that are neither acknowledged nor refused, and their bytes. */
  readonly pending: number;
  readonly bytes: number;
  /** Whether they outlive the program. */
  readonly durable: boolean;
}

export interface OutboxOptions {
  /** Where to keep it, or to find a place; in memory where it is left out. */
  readonly store: OutboxStore | { open(): Promise<OutboxStore> } | undefined;
  /** What may wait: publishes, and their bytes. */
  readonly bounds: { readonly entries: number; readonly bytes: number };
  readonly backoff: Backoff;
  readonly state: Cell<OutboxState>;
  /** A publish of an earlier program was refused: whoever made it is not there to be told. */
  readonly lost: (draft: Draft, error: unknown) => void;
  /** Is told what becomes of each publish; `added` for those of an earlier program alone. */
  readonly echo: Pick<Echo, "added" | "kept" | "refused">;
}

/** Bytes of a publish frame beside its room, type and data. */
const ENVELOPE = 128;
/** Rooms whose numbers are remembered while nothing waits; a publisher is cheaper than more of them. */
const ROOMS = 1_000;
const encoder = new TextEncoder();

/**
 * Publishes each message exactly once: numbers them per room, keeps them until they are acknowledged or refused, and
 * sends them again after every break (SPEC ONCE-1). Nothing is sent before the store has it, so a program that comes
 * back never finds less there than the server may have.
 */
export class Outbox {
  readonly #queues = new Map<string, RoomQueue>();
  #ledger: Ledger | undefined;
  #store: OutboxStore | undefined;
  #publisher = "";
  #user: string | undefined;
  #serial = 0;
  #connection: Connection | undefined;
  #tag = "";
  /** Bytes of a frame, and publishes on their way, as the server takes them. */
  #largest = Number.POSITIVE_INFINITY;
  #window = 0;
  #inFlight = 0;
  #closed = false;

  private constructor(private readonly options: OutboxOptions) {}

  /** Finds what was left. */
  static async open(options: OutboxOptions): Promise<Outbox> {
    const outbox = new Outbox(options);
    await outbox.#load();
    return outbox;
  }

  /** Whose publishes wait here; undefined if anybody's may. */
  get owner(): string | undefined {
    return this.options.state.value.pending > 0 ? this.#user : undefined;
  }

  /** @throws {FanfareError} `data_too_large`, `outbox_full`, `outbox_failed`, `closed`, or what the server refused */
  add(draft: Draft, { signal }: Abortable): Promise<Receipt> {
    return new Promise((resolve, reject) => {
      try {
        signal?.throwIfAborted();
        const abort = () => this.#withdraw(publish, signal?.reason);
        // A signal may live as long as the application does.
        const settling = <T>(settle: (outcome: T) => void) => {
          return (outcome: T) => {
            signal?.removeEventListener("abort", abort);
            settle(outcome);
          };
        };
        const publish = this.#admit({
          draft,
          resolve: settling(resolve),
          reject: settling(reject),
          attempted: false,
        });
        signal?.addEventListener("abort", abort);
        this.#ledger?.write({ kind: "put", publish: { serial: publish.serial, ...draft } });
      } catch (error) {
        reject(error);
        this.options.echo.refused(draft, error);
      }
    });
  }

  online(connection: Connection, { user, limits }: Greeting): void {
    this.#connection = connection;
    this.#largest = limits.frame;
    this.#window = limits.inFlight;
    if (this.#user !== user) {
      if (this.#user !== undefined) this.#disown(this.#user);
      this.#user = user;
      this.#ledger?.demand({ kind: "user", user });
    }
    for (const queue of this.#queues.values()) {
      for (const publish of queue.waiting.filter(({ bytes }) => bytes > this.#largest)) {
        this.#refuse(queue, publish, this.#tooLarge(publish.bytes));
      }
    }
    this.#introduce(connection);
    this.#pump();
  }

  offline(): void {
    this.#connection = undefined;
    this.#inFlight = 0;
    for (const queue of this.#queues.values()) queue.reset();
  }

  /** In order. */
  waitingIn(room: string): readonly Draft[] {
    return this.#queues.get(room)?.waiting.map(({ draft }) => draft) ?? [];
  }

  /**
   * A message has come. Its id is the publisher's public form (SPEC HELLO-3) and the number (ONCE-1).
   *
   * @returns the key of the publish that it is, if it is one that waits for its acknowledgement
   */
  saw(room: string, id: string): string | undefined {
    if (this.#tag === "" || !id.startsWith(`${this.#tag}:`)) return undefined;
    return this.#queues.get(room)?.holder(Number(id.slice(this.#tag.length + 1)))?.draft.key;
  }

  /** What the store keeps stays there; whoever waits for an acknowledgement is told that it will not come. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.offline();
    const error = new FanfareError("closed", "The client was closed before this was acknowledged.");
    for (const queue of this.#queues.values()) {
      for (const { draft, reject } of queue.waiting) {
        reject(error);
        this.options.echo.refused(draft, error);
      }
    }
    this.#queues.clear();
    await this.#ledger?.close();
  }

  async #load(): Promise<void> {
    const [store, left] = await this.#find();
    this.#store = store;
    this.#publisher = left.publisher ?? secret();
    this.#user = left.user;
    for (const [room, next] of left.next) this.#queue(room).next = next;
    for (const { serial, ...draft } of left.waiting) {
      this.#serial = serial - 1;
      const reject = (error: unknown) => {
        if (!this.#closed) this.options.lost(draft, error);
      };
      this.#admit({ draft, resolve: () => {}, reject, attempted: true });
      this.options.echo.added(draft);
    }
    this.#ledger = new Ledger(store, this.#serial, {
      stored: () => this.#pump(),
      unsaved: (publish, cause) => this.#unsaved(publish, cause),
    });
    if (left.publisher === undefined) this.#ledger.demand({ kind: "publisher", publisher: this.#publisher });
    const { state } = this.options;
    state.set({ ...state.value, durable: store.durable });
  }

  /** Where nothing can be stored (a private window, a full disk) it works as well as it can: `durable` is false. */
  async #find(): Promise<[OutboxStore, StoredOutbox]> {
    try {
      const { store: given = new MemoryStore() } = this.options;
      const store = "open" in given ? await given.open() : given;
      return [store, await store.load()];
    } catch {
      const store = new MemoryStore();
      return [store, store.load()];
    }
  }

  #admit(given: Pick<Publish, "draft" | "resolve" | "reject" | "attempted">): Publish {
    const { room, type, data } = given.draft;
    const bytes = encoder.encode(JSON.stringify({ room, type, data })).length + ENVELOPE;
    if (this.#closed) throw new FanfareError("closed", "This client was closed.");
    if (bytes > this.#largest) throw this.#tooLarge(bytes);
    const { bounds, state } = this.options;
    const { pending, bytes: waiting } = state.value;
    if (!given.attempted && (pending >= bounds.entries || waiting + bytes > bounds.bytes)) {
      throw new FanfareError("outbox_full", `${pending} publishes (${waiting} bytes) wait already.`, true);
    }
    const publish = { ...given, bytes, serial: ++this.#serial };
    this.#queue(room).waiting.push(publish);
    this.#count(1, bytes);
    return publish;
  }

  #tooLarge(bytes: number): FanfareError {
    return new FanfareError(
      "data_too_large",
      `It needs a frame of ${bytes} bytes; the limit is ${this.#largest}.`,
    );
  }

  /** What is numbered on this connection is ours. */
  #introduce(connection: Connection): void {
    connection.request({ op: "publisher", publisher: this.#publisher }, (reply) => {
      if (reply === undefined || connection !== this.#connection) return;
      if (!answers(reply, ANSWERS.publisher)) connection.cut("the server does not take publishes by number");
      else this.#tag = (reply as PublisherReply).publisher;
    });
  }

  #pump(): void {
    const connection = this.#connection;
    const sendable = this.#ledger?.sendable;
    if (connection === undefined || sendable === undefined) return;
    if (this.#queues.size > ROOMS && this.options.state.value.pending === 0) {
      this.#queues.clear();
      this.#renew(connection);
      return;
    }
    const queues = [...this.#queues.values()];
    const isExpired = queues.some(({ expired }) => expired);
    // What was sent before is found out about under the old publisher, and only then is there a new one.
    if (isExpired && this.#inFlight === 0 && !queues.some((queue) => queue.isUncertain)) {
      this.#renew(connection);
      return;
    }
    // What the store does not know to be settled is sent again by a program that comes back, and has to be recognised then.
    const most = this.#window - (this.#ledger?.behind ?? 0);
    for (let sent = true; sent && this.#inFlight < most; ) {
      sent = false;
      for (const queue of queues) {
        const isFull = this.#inFlight >= most;
        const publish = isFull ? undefined : queue.take(isExpired ? "uncertain" : "any", sendable);
        if (publish === undefined) continue;
        this.#send(connection, queue, publish);
        sent = true;
      }
    }
  }

  #send(connection: Connection, queue: RoomQueue, publish: Publish): void {
    const { n = queue.next, draft } = publish;
    const { room, type, data } = draft;
    this.#inFlight += 1;
    connection.request({ op: "publish", room, type, data, n }, (reply) => {
      if (reply === undefined || connection !== this.#connection) return;
      this.#inFlight -= 1;
      queue.answered(publish);
      if (reply.op === "error") this.#notKept(queue, publish, n, reply);
      else if (answers(reply, ANSWERS.publish)) this.#kept(queue, publish, n, reply as PublishReply);
      else return connection.cut("the server answered a publish with something else");
      queue.resume(() => this.#pump());
      this.#pump();
    });
  }

  #kept(queue: RoomQueue, publish: Publish, n: number, { epoch, offset, id, duplicate }: PublishReply): void {
    const receipt = { epoch, offset, id, duplicate: duplicate === true };
    queue.next = n + 1;
    queue.progressed();
    this.#ledger?.write({ kind: "next", room: queue.room, next: n + 1 });
    publish.resolve(receipt);
    this.options.echo.kept(publish.draft, receipt);
    this.#settled(queue, publish);
  }

  /** Whatever was published behind it was not kept, either (SPEC ONCE-4), and is sent again when all is answered. */
  #notKept(queue: RoomQueue, publish: Publish, n: number, reply: ErrorFrame): void {
    const first = queue.halt(reply.retry, this.options.backoff);
    if (reply.name === "conflict") {
      publish.attempted = false;
      this.#renumber(queue, n + 1);
    } else if (reply.name === "out_of_sequence") {
      publish.attempted = false;
      if (first && reply.expected !== undefined) this.#renumber(queue, reply.expected);
    } else if (reply.name === "unknown_publisher" || reply.name === "number_too_old") queue.expired = true;
    else if (reply.retry)
      publish.attempted = true; // it may have been kept all the same (SPEC KEEP-3)
    else {
      queue.progressed();
      this.#refuse(queue, publish, FanfareError.from(reply));
    }
  }

  #renumber(queue: RoomQueue, next: number): void {
    queue.next = next;
    this.#ledger?.demand({ kind: "next", room: queue.room, next });
  }

  /** The server knows nothing of this publisher any more (SPEC ONCE-6): what waits is numbered from 1 for another one. */
  #renew(connection: Connection): void {
    this.#publisher = secret();
    this.#ledger?.demand({ kind: "publisher", publisher: this.#publisher });
    for (const queue of this.#queues.values()) {
      queue.next = 1;
      queue.expired = false;
    }
    this.#introduce(connection);
    // It is sent when the store has the new one.
  }

  #disown(user: string): void {
    const error = new FanfareError("other_user", `This was published by ${user}, who is somebody else.`);
    for (const queue of this.#queues.values()) {
      for (const publish of [...queue.waiting]) this.#refuse(queue, publish, error);
    }
  }

  /** What may have been sent cannot be taken back. */
  #withdraw(publish: Publish, reason: unknown): void {
    const queue = this.#queue(publish.draft.room);
    if (publish.attempted || publish.n !== undefined || !queue.waiting.includes(publish)) return;
    this.#refuse(queue, publish, reason);
  }

  #refuse(queue: RoomQueue, publish: Publish, error: unknown): void {
    publish.reject(error);
    this.options.echo.refused(publish.draft, error);
    this.#settled(queue, publish);
  }

  #unsaved({ room, serial }: StoredPublish, cause: unknown): void {
    const queue = this.#queue(room);
    const publish = queue.waiting.find((each) => each.serial === serial);
    if (publish === undefined) return;
    this.#refuse(
      queue,
      publish,
      new FanfareError("outbox_failed", "The outbox cannot store this.", true, { cause }),
    );
  }

  #settled(queue: RoomQueue, publish: Publish): void {
    queue.remove(publish);
    this.#ledger?.write({ kind: "remove", serial: publish.serial });
    this.#count(-1, -publish.bytes);
  }

  #count(entries: number, bytes: number): void {
    const { state } = this.options;
    const { pending, bytes: before } = state.value;
    const durable = this.#store?.durable ?? false;
    state.set({ pending: pending + entries, bytes: before + bytes, durable });
  }

  #queue(room: string): RoomQueue {
    let queue = this.#queues.get(room);
    if (queue === undefined) {
      queue = new RoomQueue(room, 1);
      this.#queues.set(room, queue);
    }
    return queue;
  }
}

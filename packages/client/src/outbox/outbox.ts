import type { ErrorFrame, Json, PublishReply } from "@fanfare/protocol";
import { type Backoff, delayOf } from "../backoff.ts";
import { answers, type Connection } from "../connection.ts";
import { FanfareError } from "../errors.ts";
import { ANSWERS } from "../frames.ts";
import type { Greeting } from "../link.ts";
import { type Abortable, Cell } from "../value.ts";
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

export interface OutboxBounds {
  readonly entries: number;
  readonly bytes: number;
}

export interface OutboxEvents {
  readonly added: (draft: Draft) => void;
  /** @param seen its message has come back already */
  readonly kept: (draft: Draft, receipt: Receipt, seen: boolean) => void;
  readonly refused: (draft: Draft, error: unknown) => void;
  /** It publishes under another secret from now on: a new connection has to say hello with it. */
  readonly renewed: () => void;
}

/** Bytes of a publish frame beside its room, type and data. */
const ENVELOPE = 128;
const encoder = new TextEncoder();

/**
 * Publishes each message exactly once: numbers them per room, keeps them until they are acknowledged or refused, and
 * sends them again after every break (SPEC ONCE-1). Nothing is sent before the store has it, so a program that comes
 * back never finds less there than the server may have.
 */
export class Outbox {
  readonly state = new Cell<OutboxState>({ pending: 0, bytes: 0, durable: false });
  readonly #queues = new Map<string, RoomQueue>();
  #ledger: Ledger | undefined;
  #loading: Promise<string> | undefined;
  #publisher = "";
  #user: string | undefined;
  #serial = 0;
  #connection: Connection | undefined;
  #tag = "";
  /** Bytes of a frame, and publishes on their way, as the server takes them. */
  #largest = Number.POSITIVE_INFINITY;
  #window = 0;
  #inFlight = 0;
  #renewing = false;
  #closed = false;

  constructor(
    private readonly store: () => OutboxStore | Promise<OutboxStore>,
    private readonly bounds: OutboxBounds,
    private readonly backoff: Backoff,
    private readonly events: OutboxEvents,
  ) {}

  /** Finds what was left. @returns the secret to say hello with */
  async open(): Promise<string> {
    this.#loading ??= this.#load();
    await this.#loading;
    return this.#publisher;
  }

  /** @throws {FanfareError} `data_too_large`, `outbox_full`, `outbox_failed`, `closed`, or what the server refused */
  async add(
    room: string,
    type: string,
    given: Json,
    key: string,
    { signal }: Abortable = {},
  ): Promise<Receipt> {
    signal?.throwIfAborted();
    // As it will be told: what the caller changes later is not meant.
    const data: Json = JSON.parse(JSON.stringify(given) ?? "null");
    const draft = { room, type, data, key, at: Date.now() };
    const bytes = this.#admit(draft);
    return new Promise((resolve, reject) => {
      const publish: Publish = {
        draft,
        serial: 0,
        bytes,
        attempted: false,
        withdrawn: false,
        seen: false,
        resolve,
        reject,
      };
      signal?.addEventListener("abort", () => this.#withdraw(publish, signal.reason), { once: true });
      this.#count(1, bytes);
      this.events.added(draft);
      if (this.#ledger !== undefined) this.#put(publish);
      else void this.open().then(() => this.#put(publish));
    });
  }

  online(connection: Connection, { user, publisher = "", limits }: Greeting): void {
    this.#connection = connection;
    this.#renewing = false;
    this.#tag = publisher;
    this.#largest = limits.frame;
    this.#window = limits.inFlight;
    if (this.#user !== user) {
      if (this.#user !== undefined) this.#disown(this.#user);
      this.#user = user;
      this.#ledger?.write({ kind: "user", user });
    }
    for (const queue of this.#queues.values()) {
      for (const publish of queue.waiting.filter(({ bytes }) => bytes > this.#largest)) {
        this.#refuse(queue, publish, tooLarge(publish.bytes, this.#largest));
      }
    }
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

  /** A message has come. @returns the key of the publish that it is, if it is one that waits for its acknowledgement */
  saw(room: string, id: string): string | undefined {
    if (this.#tag === "" || !id.startsWith(`${this.#tag}:`)) return undefined;
    const publish = this.#queues.get(room)?.holder(Number(id.slice(this.#tag.length + 1)));
    if (publish === undefined) return undefined;
    publish.seen = true;
    return publish.draft.key;
  }

  /** What the store keeps stays there; whoever waits for an acknowledgement is told that it will not come. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.offline();
    const error = new FanfareError("closed", "The client was closed before this was acknowledged.");
    for (const queue of this.#queues.values()) {
      for (const { reject } of queue.waiting) reject(error);
    }
    this.#queues.clear();
    await this.#loading;
    await this.#ledger?.close();
  }

  async #load(): Promise<string> {
    const [store, left] = await this.#find();
    this.#publisher = left.publisher ?? secret();
    this.#user = left.user;
    for (const [room, next] of left.next) this.#queue(room).next = next;
    for (const { serial, ...draft } of left.waiting) {
      this.#serial = serial;
      const bytes = sizeOf(draft);
      const [resolve, reject] = [() => {}, () => {}];
      this.#queue(draft.room).waiting.push({
        draft,
        serial,
        bytes,
        attempted: true,
        withdrawn: false,
        seen: false,
        resolve,
        reject,
      });
      this.#count(1, bytes);
      this.events.added(draft);
    }
    this.#ledger = new Ledger(store, {
      settled: () => this.#pump(),
      unsaved: (publish, cause) => this.#unsaved(publish, cause),
    });
    if (left.publisher === undefined) this.#ledger.write({ kind: "publisher", publisher: this.#publisher });
    this.state.set({ ...this.state.value, durable: store.durable });
    return this.#publisher;
  }

  /** Where nothing can be stored (a private window, a full disk) it works as well as it can: `state.durable` is false. */
  async #find(): Promise<[OutboxStore, StoredOutbox]> {
    try {
      const store = await this.store();
      return [store, await store.load()];
    } catch {
      const store = new MemoryStore();
      return [store, store.load()];
    }
  }

  #admit(draft: Draft): number {
    if (this.#closed) throw new FanfareError("closed", "This client was closed.");
    const bytes = sizeOf(draft);
    if (bytes > this.#largest) throw tooLarge(bytes, this.#largest);
    const { pending, bytes: waiting } = this.state.value;
    if (pending >= this.bounds.entries || waiting + bytes > this.bounds.bytes) {
      throw new FanfareError(
        "outbox_full",
        `${pending} publishes of ${waiting} bytes wait for their acknowledgement already.`,
        true,
      );
    }
    return bytes;
  }

  #put(publish: Publish): void {
    if (this.#closed) {
      publish.reject(new FanfareError("closed", "This client was closed."));
      return;
    }
    if (publish.withdrawn) return;
    const { draft } = publish;
    publish.serial = ++this.#serial;
    this.#queue(draft.room).waiting.push(publish);
    this.#ledger?.write({ kind: "put", publish: { serial: publish.serial, ...draft } });
  }

  #pump(): void {
    const connection = this.#connection;
    if (connection === undefined || this.#ledger?.settled !== true || this.#renewing) return;
    for (let sent = true; sent && this.#inFlight < this.#window; ) {
      sent = false;
      for (const queue of this.#queues.values()) {
        const publish = this.#inFlight < this.#window ? queue.take() : undefined;
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
      if (queue.inFlight === 0 && queue.halted) this.#resume(queue);
      if (this.#renewing && this.#inFlight === 0) this.#renew();
      this.#pump();
    });
  }

  #kept(queue: RoomQueue, publish: Publish, n: number, { epoch, offset, id, duplicate }: PublishReply): void {
    const receipt = { epoch, offset, id, duplicate: duplicate === true };
    queue.next = n + 1;
    queue.halts = 0;
    this.#ledger?.write({ kind: "next", room: queue.room, next: n + 1 });
    this.#settled(queue, publish);
    publish.resolve(receipt);
    this.events.kept(publish.draft, receipt, publish.seen);
  }

  /** Whatever was published behind it was not kept, either (SPEC ONCE-4), and is sent again when all is answered. */
  #notKept(queue: RoomQueue, publish: Publish, n: number, reply: ErrorFrame): void {
    const first = !queue.halted;
    queue.halted = true;
    if (first) {
      queue.delay = reply.retry || queue.halts > 0 ? delayOf(this.backoff, queue.halts) : 0;
      queue.halts += 1;
    }
    if (reply.name === "conflict") this.#renumber(queue, n + 1);
    else if (reply.name === "out_of_sequence") {
      if (first && reply.expected !== undefined) this.#renumber(queue, reply.expected);
    } else if (reply.name === "unknown_publisher" || reply.name === "number_too_old") this.#renewing = true;
    else if (!reply.retry) {
      queue.halts = 0;
      this.#refuse(queue, publish, FanfareError.from(reply));
    }
  }

  #renumber(queue: RoomQueue, next: number): void {
    queue.next = next;
    this.#ledger?.write({ kind: "next", room: queue.room, next });
  }

  #resume(queue: RoomQueue): void {
    const go = () => {
      queue.timer = undefined;
      queue.halted = false;
    };
    if (queue.delay === 0) {
      go();
      return;
    }
    queue.timer = setTimeout(() => {
      go();
      this.#pump();
    }, queue.delay);
  }

  /** The server knows nothing of this publisher any more (SPEC ONCE-6): all that waits is numbered from 1 for another. */
  #renew(): void {
    this.#publisher = secret();
    this.#user = undefined;
    this.#ledger?.write({ kind: "publisher", publisher: this.#publisher });
    for (const queue of this.#queues.values()) queue.next = 1;
    this.events.renewed();
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
    const isSettled = publish.serial > 0 && !queue.waiting.includes(publish);
    if (publish.attempted || publish.n !== undefined || isSettled) return;
    publish.withdrawn = true;
    this.#refuse(queue, publish, reason);
  }

  #refuse(queue: RoomQueue, publish: Publish, error: unknown): void {
    this.#settled(queue, publish);
    publish.reject(error);
    this.events.refused(publish.draft, error);
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
    const { state } = this;
    state.set({ ...state.value, pending: state.value.pending + entries, bytes: state.value.bytes + bytes });
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

function sizeOf({ room, type, data }: Draft): number {
  return encoder.encode(JSON.stringify({ room, type, data })).length + ENVELOPE;
}

function tooLarge(bytes: number, limit: number): FanfareError {
  return new FanfareError(
    "data_too_large",
    `This needs a frame of ${bytes} bytes; the server takes ${limit}.`,
  );
}

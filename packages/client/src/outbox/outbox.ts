import type { Backoff } from "@fanfare/protocol";
import type { Connection } from "../connection.ts";
import { bytesOf, tooLarge } from "../encoding.ts";
import { CLOSED, FanfareError } from "../errors.ts";
import type { Abortable } from "../listeners.ts";
import { onAbort } from "../on-abort.ts";
import type { Greeting } from "../reconnector.ts";
import type { WritableValue } from "../value.ts";
import { Delivery } from "./delivery.ts";
import type { LocalEcho } from "./local-echo.ts";
import {
  MemoryStore,
  type OutboxStore,
  type PublishRecord,
  type StoredOutbox,
  type StoredPublish,
} from "./outbox-store.ts";
import { type QueuedPublish, type Receipt, type RoomQueue, RoomQueues } from "./room-queue.ts";
import { secret } from "./secret.ts";
import { WriteBehindStore } from "./write-behind-store.ts";

export interface OutboxState {
  /** Publishes that are neither acknowledged nor refused, and their bytes. */
  readonly pending: number;
  readonly bytes: number;
  /** Whether they outlive the program. */
  readonly durable: boolean;
}

export interface OutboxOptions {
  /** The store, or what opens it; in memory by default. */
  readonly store: OutboxStore | { open(): Promise<OutboxStore> } | undefined;
  /** How many publishes and bytes may wait. */
  readonly bounds: { readonly entries: number; readonly bytes: number };
  readonly backoff: Backoff;
  readonly state: WritableValue<OutboxState>;
  /** Called when a publish was refused whose promise cannot be rejected: there is none, or it was rejected before. */
  readonly onLost: (record: PublishRecord, error: FanfareError) => void;
  /** Reports a store that does not work. */
  readonly report: (error: FanfareError) => void;
  /** `add` is called for publishes of an earlier program alone. */
  readonly localEcho: Pick<LocalEcho, "add" | "acknowledged" | "refused">;
}

/** Bytes of a publish frame beside its room, type and data. */
const ENVELOPE = 128;

/**
 * The publishes that are neither acknowledged nor refused, bounded, and saved in a store. A publish is sent after it was
 * saved, so after a restart the store has at least what the server may have.
 */
export class Outbox {
  readonly #queues = new RoomQueues();
  readonly #writeBehind: WriteBehindStore;
  readonly #delivery: Delivery;
  #user: string | undefined;
  #serial = 0;
  /** Bytes of the largest frame that the server accepts. */
  #largest = Number.POSITIVE_INFINITY;
  #closed = false;
  /** Publishes that were acknowledged. */
  kept = 0;
  readonly #options: OutboxOptions;
  readonly #store: OutboxStore;

  private constructor(options: OutboxOptions, store: OutboxStore, left: StoredOutbox) {
    this.#options = options;
    this.#store = store;
    this.#user = left.user;
    for (const [room, next] of left.next) this.#queues.open(room).next = next;
    for (const { serial, ...record } of left.waiting) {
      this.#serial = serial - 1;
      this.#enqueue({ record, promise: undefined, attempted: true });
      options.localEcho.add(record);
    }
    this.#writeBehind = new WriteBehindStore(store, this.#serial, {
      onSaved: () => this.#delivery.sendWaiting(),
      onMemory: () => {
        this.#delivery.changePublisher();
        this.#count(0, 0);
        options.report(inMemory());
      },
      onUnsaved: (publish, cause) => this.#onUnsaved(publish, cause),
    });
    const { publisher = secret() } = left;
    if (left.publisher === undefined) this.#writeBehind.writeRequired({ kind: "publisher", publisher });
    this.#delivery = new Delivery(publisher, this.#queues, this.#writeBehind, options.backoff, {
      onKept: (queue, publish, receipt) => {
        this.kept += 1;
        publish.promise?.resolve(receipt);
        options.localEcho.acknowledged(publish.record, receipt);
        this.#settled(queue, publish);
      },
      onRefused: (queue, publish, error) => this.#refuse(queue, publish, error, "not_kept"),
    });
    this.#count(0, 0);
  }

  /**
   * Opens the store and loads its publishes. If it cannot be opened or loaded (a private window, a full disk), the outbox is
   * in memory.
   */
  static async open(options: OutboxOptions): Promise<Outbox> {
    const { store: given = new MemoryStore(), report } = options;
    try {
      const store = "open" in given ? await given.open() : given;
      return new Outbox(options, store, await store.load());
    } catch (cause) {
      report(inMemory(cause));
      const store = new MemoryStore();
      return new Outbox(options, store, store.load());
    }
  }

  /** The user whose publishes wait; undefined if none wait. */
  get owner(): string | undefined {
    return this.#options.state.value.pending > 0 ? this.#user : undefined;
  }

  /** @throws {FanfareError} `data_too_large`, `outbox_full`, `outbox_failed`, `closed`, or the server's error */
  add(record: PublishRecord, { signal }: Abortable): Promise<Receipt> {
    let ignoreSignal = () => {};
    const receipt = new Promise<Receipt>((resolve, reject) => {
      try {
        signal?.throwIfAborted();
        const publish = this.#enqueue({ record, promise: { resolve, reject }, attempted: false });
        ignoreSignal = onAbort(signal, () => this.#cancel(publish, signal?.reason));
        this.#writeBehind.write({ kind: "put", publish: { serial: publish.serial, ...record } });
      } catch (error) {
        reject(error);
        this.#options.localEcho.refused(record, error);
      }
    });
    // The signal may live as long as the application.
    return receipt.finally(ignoreSignal);
  }

  onOnline(connection: Connection, { user, limits }: Greeting): void {
    this.#largest = limits.frame;
    if (this.#user !== user) {
      if (this.#user !== undefined) this.#refuseAllOf(this.#user);
      this.#user = user;
      this.#writeBehind.writeRequired({ kind: "user", user });
    }
    for (const queue of this.#queues.all) {
      for (const publish of queue.waiting.filter(({ bytes }) => bytes > this.#largest)) {
        this.#refuse(queue, publish, tooLarge(publish.bytes, this.#largest));
      }
    }
    this.#delivery.onOnline(connection, limits.inFlight);
  }

  onOffline(): void {
    this.#delivery.onOffline();
  }

  /** The publishes of a room that wait, in order. */
  waitingIn(room: string): readonly PublishRecord[] {
    return this.#queues.find(room)?.waiting.map(({ record }) => record) ?? [];
  }

  /** @returns the key of the unacknowledged publish with this message id, if there is one */
  keyOf(room: string, id: string): string | undefined {
    return this.#delivery.findByMessageId(room, id)?.record.key;
  }

  /** Rejects the promises of the waiting publishes, which stay in the outbox. */
  suspend(error: FanfareError): void {
    const unknown = error.withOutcome("unknown");
    for (const { waiting } of this.#queues.all) {
      for (const publish of waiting) {
        publish.promise?.reject(unknown);
        publish.promise = undefined;
      }
    }
  }

  /** Rejects the waiting publishes with `closed`; they stay in the store. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.onOffline();
    const error = new FanfareError("closed", CLOSED);
    for (const queue of this.#queues.all) {
      for (const publish of queue.waiting) {
        publish.promise?.reject(
          error.withOutcome(this.#store.durable || publish.attempted ? "unknown" : "not_kept"),
        );
        this.#options.localEcho.refused(publish.record, error);
      }
    }
    this.#queues.clear();
    await this.#writeBehind.close();
  }

  #enqueue(given: Pick<QueuedPublish, "record" | "promise" | "attempted">): QueuedPublish {
    const { room, type, data } = given.record;
    const bytes = bytesOf(JSON.stringify({ room, type, data })) + ENVELOPE;
    if (this.#closed) throw new FanfareError("closed", CLOSED);
    if (bytes > this.#largest) throw tooLarge(bytes, this.#largest);
    const { bounds, state } = this.#options;
    const { pending, bytes: waiting } = state.value;
    if (!given.attempted && (pending >= bounds.entries || waiting + bytes > bounds.bytes)) {
      throw new FanfareError("outbox_full", `${pending} publishes (${waiting} bytes) wait already.`, true);
    }
    const publish = { ...given, bytes, serial: ++this.#serial };
    this.#queues.open(room).waiting.push(publish);
    this.#count(1, bytes);
    return publish;
  }

  #refuseAllOf(user: string): void {
    const error = new FanfareError("other_user", `This was published by ${user}.`);
    for (const queue of this.#queues.all) {
      for (const publish of [...queue.waiting]) this.#refuse(queue, publish, error);
    }
  }

  /** Refuses a publish, unless it may have been sent. */
  #cancel(publish: QueuedPublish, reason: unknown): void {
    const queue = this.#queues.open(publish.record.room);
    if (publish.attempted || publish.n !== undefined || !queue.waiting.includes(publish)) return;
    this.#refuse(queue, publish, reason);
  }

  #refuse(
    queue: RoomQueue,
    publish: QueuedPublish,
    reason: unknown,
    outcome: FanfareError["outcome"] & string = publish.attempted ? "unknown" : "not_kept",
  ): void {
    const error = reason instanceof FanfareError ? reason.withOutcome(outcome) : reason;
    if (publish.promise !== undefined) publish.promise.reject(error);
    else if (error instanceof FanfareError) this.#options.onLost(publish.record, error);
    this.#options.localEcho.refused(publish.record, error);
    this.#settled(queue, publish);
  }

  #onUnsaved({ room, serial }: StoredPublish, cause: unknown): void {
    const queue = this.#queues.open(room);
    const publish = queue.waiting.find((each) => each.serial === serial);
    if (publish === undefined) return;
    this.#refuse(
      queue,
      publish,
      new FanfareError("outbox_failed", "The outbox cannot store this.", true, { cause }),
    );
  }

  #settled(queue: RoomQueue, publish: QueuedPublish): void {
    queue.remove(publish);
    this.#writeBehind.write({ kind: "remove", serial: publish.serial });
    this.#count(-1, -publish.bytes);
  }

  #count(entries: number, bytes: number): void {
    const { state } = this.#options;
    const { pending, bytes: before } = state.value;
    const { durable } = this.#store; // a database can be deleted while it is open
    state.set({ pending: pending + entries, bytes: before + bytes, durable });
  }
}

function inMemory(cause?: unknown): FanfareError {
  return new FanfareError("outbox_failed", "The outbox is in memory: its store does not work.", true, {
    cause,
  });
}

import type { Backoff } from "@fanfare/protocol";
import type { Connection } from "../connection.ts";
import { FanfareError } from "../errors.ts";
import type { Greeting } from "../link.ts";
import type { Abortable, Cell } from "../value.ts";
import { Delivery } from "./delivery.ts";
import type { Echo } from "./echo.ts";
import { Ledger } from "./ledger.ts";
import { type Draft, type Publish, type Receipt, type RoomQueue, RoomQueues } from "./queue.ts";
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
const encoder = new TextEncoder();

/**
 * What was published and is neither acknowledged nor refused, bounded, and kept in a store. Nothing is sent before the
 * store has it, so a program that comes back never finds less there than the server may have.
 */
export class Outbox {
  readonly #queues = new RoomQueues();
  readonly #ledger: Ledger;
  readonly #delivery: Delivery;
  #user: string | undefined;
  #serial = 0;
  /** Bytes of a frame, as the server takes them. */
  #largest = Number.POSITIVE_INFINITY;
  #closed = false;

  private constructor(
    private readonly options: OutboxOptions,
    private readonly store: OutboxStore,
    left: StoredOutbox,
  ) {
    this.#user = left.user;
    for (const [room, next] of left.next) this.#queues.open(room).next = next;
    for (const { serial, ...draft } of left.waiting) {
      this.#serial = serial - 1;
      const reject = (error: unknown) => {
        if (!this.#closed) options.lost(draft, error);
      };
      this.#admit({ draft, resolve: () => {}, reject, attempted: true });
      options.echo.added(draft);
    }
    this.#ledger = new Ledger(store, this.#serial, {
      stored: () => this.#delivery.pump(),
      unsaved: (publish, cause) => this.#unsaved(publish, cause),
    });
    const { publisher = secret() } = left;
    if (left.publisher === undefined) this.#ledger.demand({ kind: "publisher", publisher });
    this.#delivery = new Delivery(publisher, this.#queues, this.#ledger, options.backoff, {
      kept: (queue, publish, receipt) => {
        publish.resolve(receipt);
        options.echo.kept(publish.draft, receipt);
        this.#settled(queue, publish);
      },
      refused: (queue, publish, error) => this.#refuse(queue, publish, error),
    });
    this.#count(0, 0);
  }

  /** Finds what was left. */
  static async open(options: OutboxOptions): Promise<Outbox> {
    return new Outbox(options, ...(await find(options.store)));
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
        this.#ledger.write({ kind: "put", publish: { serial: publish.serial, ...draft } });
      } catch (error) {
        reject(error);
        this.options.echo.refused(draft, error);
      }
    });
  }

  online(connection: Connection, { user, limits }: Greeting): void {
    this.#largest = limits.frame;
    if (this.#user !== user) {
      if (this.#user !== undefined) this.#disown(this.#user);
      this.#user = user;
      this.#ledger.demand({ kind: "user", user });
    }
    for (const queue of this.#queues.all) {
      for (const publish of queue.waiting.filter(({ bytes }) => bytes > this.#largest)) {
        this.#refuse(queue, publish, this.#tooLarge(publish.bytes));
      }
    }
    this.#delivery.online(connection, limits.inFlight);
  }

  offline(): void {
    this.#delivery.offline();
  }

  /** In order. */
  waitingIn(room: string): readonly Draft[] {
    return this.#queues.find(room)?.waiting.map(({ draft }) => draft) ?? [];
  }

  /** A message has come. @returns the key of the publish that it is, if it is one that waits for its acknowledgement */
  saw(room: string, id: string): string | undefined {
    return this.#delivery.holder(room, id)?.draft.key;
  }

  /** What the store keeps stays there; whoever waits for an acknowledgement is told that it will not come. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.offline();
    const error = new FanfareError("closed", "The client was closed before this was acknowledged.");
    for (const queue of this.#queues.all) {
      for (const { draft, reject } of queue.waiting) {
        reject(error);
        this.options.echo.refused(draft, error);
      }
    }
    this.#queues.clear();
    await this.#ledger.close();
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
    this.#queues.open(room).waiting.push(publish);
    this.#count(1, bytes);
    return publish;
  }

  #tooLarge(bytes: number): FanfareError {
    return new FanfareError(
      "data_too_large",
      `It needs a frame of ${bytes} bytes; the limit is ${this.#largest}.`,
    );
  }

  #disown(user: string): void {
    const error = new FanfareError("other_user", `This was published by ${user}, who is somebody else.`);
    for (const queue of this.#queues.all) {
      for (const publish of [...queue.waiting]) this.#refuse(queue, publish, error);
    }
  }

  /** What may have been sent cannot be taken back. */
  #withdraw(publish: Publish, reason: unknown): void {
    const queue = this.#queues.open(publish.draft.room);
    if (publish.attempted || publish.n !== undefined || !queue.waiting.includes(publish)) return;
    this.#refuse(queue, publish, reason);
  }

  #refuse(queue: RoomQueue, publish: Publish, error: unknown): void {
    publish.reject(error);
    this.options.echo.refused(publish.draft, error);
    this.#settled(queue, publish);
  }

  #unsaved({ room, serial }: StoredPublish, cause: unknown): void {
    const queue = this.#queues.open(room);
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
    this.#ledger.write({ kind: "remove", serial: publish.serial });
    this.#count(-1, -publish.bytes);
  }

  #count(entries: number, bytes: number): void {
    const { state } = this.options;
    const { pending, bytes: before } = state.value;
    const { durable } = this.store; // a database can be deleted under it
    state.set({ pending: pending + entries, bytes: before + bytes, durable });
  }
}

/** Where nothing can be stored (a private window, a full disk) it works as well as it can: `durable` is false. */
async function find(given: OutboxOptions["store"]): Promise<[OutboxStore, StoredOutbox]> {
  try {
    const store = given === undefined ? new MemoryStore() : "open" in given ? await given.open() : given;
    return [store, await store.load()];
  } catch {
    const store = new MemoryStore();
    return [store, store.load()];
  }
}

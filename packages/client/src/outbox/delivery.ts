import type { Backoff, ErrorFrame, PublisherReply, PublishReply } from "@fanfare/protocol";
import type { Connection } from "../connection.ts";
import { FanfareError, MALFORMED } from "../errors.ts";
import { ANSWERS, answers } from "../frames.ts";
import type { QueuedPublish, Receipt, RoomQueue, RoomQueues } from "./room-queue.ts";
import { secret } from "./secret.ts";
import type { WriteBehindStore } from "./write-behind-store.ts";

export interface Outcomes {
  readonly onKept: (queue: RoomQueue, publish: QueuedPublish, receipt: Receipt) => void;
  readonly onRefused: (queue: RoomQueue, publish: QueuedPublish, error: FanfareError) => void;
}

/** Rooms whose next numbers are kept while nothing waits; past it a new publisher id replaces them all. */
const MOST_ROOMS = 1_000;

/**
 * Sends the waiting publishes, numbered per room, over the present connection, and sends them again after every break
 * until they are answered (SPEC ONCE-1).
 */
export class Delivery {
  #connection: Connection | undefined;
  /** The public form of the publisher id; empty until the server has sent it. */
  #publicId = "";
  /** Publishes that may be in flight, by the server's limit. */
  #capacity = 0;
  #inFlight = 0;
  /** A new publisher id is needed before anything new is sent. */
  #isStale = false;
  #publisher: string;
  readonly #queues: RoomQueues;
  readonly #writeBehind: WriteBehindStore;
  readonly #backoff: Backoff;
  readonly #outcomes: Outcomes;

  /** @param publisher the publisher id, a secret (SPEC HELLO-3), which is in the store or is being saved */
  constructor(
    publisher: string,
    queues: RoomQueues,
    writeBehind: WriteBehindStore,
    backoff: Backoff,
    outcomes: Outcomes,
  ) {
    this.#publisher = publisher;
    this.#queues = queues;
    this.#writeBehind = writeBehind;
    this.#backoff = backoff;
    this.#outcomes = outcomes;
  }

  onOnline(connection: Connection, capacity: number): void {
    this.#connection = connection;
    this.#capacity = capacity;
    this.#announce(connection);
    this.sendWaiting();
  }

  onOffline(): void {
    this.#connection = undefined;
    this.#inFlight = 0;
    for (const queue of this.#queues.all) queue.onOffline();
  }

  /** @returns the unacknowledged publish with this message id, which is `PUBLIC_ID:NUMBER` (SPEC ONCE-1) */
  findByMessageId(room: string, id: string): QueuedPublish | undefined {
    if (this.#publicId === "" || !id.startsWith(`${this.#publicId}:`)) return undefined;
    return this.#queues.find(room)?.findByNumber(Number(id.slice(this.#publicId.length + 1)));
  }

  /**
   * The store does not have the numbers of publishes any more: under another publisher id they cannot contradict what a
   * later program finds there.
   */
  changePublisher(): void {
    this.#isStale = true;
  }

  /** Sends as many publishes as may be sent now. */
  sendWaiting(): void {
    const connection = this.#connection;
    const { lastSendable } = this.#writeBehind;
    if (connection === undefined || lastSendable === undefined) return;
    const queues = this.#queues.all;
    if (queues.length > MOST_ROOMS && queues.every(({ waiting }) => waiting.length === 0)) {
      this.#queues.clear();
      this.#renew(connection);
      return;
    }
    const isExpired = this.#isStale || queues.some(({ expired }) => expired);
    // Publishes that may have been kept are sent under the old publisher id first; only then is there a new one.
    if (isExpired && this.#inFlight === 0 && !queues.some((queue) => queue.isUncertain)) {
      this.#renew(connection);
      return;
    }
    // After a restart the publishes that the store still has are sent again, and the server recognises the last 64 only.
    const most = this.#capacity - this.#writeBehind.unremoved;
    for (let sent = true; sent && this.#inFlight < most; ) {
      sent = false;
      for (const queue of queues) {
        const isFull = this.#inFlight >= most;
        const publish = isFull ? undefined : queue.nextToSend(isExpired ? "uncertain" : "any", lastSendable);
        if (publish === undefined) continue;
        this.#send(connection, queue, publish);
        sent = true;
      }
    }
  }

  /** Names the publisher whose numbers the publishes of this connection carry (SPEC HELLO-5). */
  #announce(connection: Connection): void {
    connection.request({ op: "publisher", publisher: this.#publisher }, (reply) => {
      if (reply === undefined || connection !== this.#connection) return;
      if (!answers(reply, ANSWERS.publisher)) connection.terminate(MALFORMED);
      else this.#publicId = (reply as PublisherReply).publisher;
    });
  }

  #send(connection: Connection, queue: RoomQueue, publish: QueuedPublish): void {
    const { n = queue.next, record } = publish;
    const { room, type, data } = record;
    this.#inFlight += 1;
    connection.request({ op: "publish", room, type, data, n }, (reply) => {
      if (reply === undefined || connection !== this.#connection) return;
      this.#inFlight -= 1;
      queue.onReply(publish);
      if (reply.op === "error") this.#onError(queue, publish, n, reply);
      else if (answers(reply, ANSWERS.publish)) this.#onKept(queue, publish, n, reply as PublishReply);
      else return connection.terminate(MALFORMED);
      queue.resume(() => this.sendWaiting());
      this.sendWaiting();
    });
  }

  #onKept(
    queue: RoomQueue,
    publish: QueuedPublish,
    n: number,
    { epoch, offset, id, duplicate }: PublishReply,
  ): void {
    queue.next = n + 1;
    queue.resetDelay();
    this.#writeBehind.write({ kind: "next", room: queue.room, next: n + 1 });
    this.#outcomes.onKept(queue, publish, { epoch, offset, id, duplicate: duplicate === true });
  }

  /** The publishes behind it were not kept, either (SPEC ONCE-4); they are sent again once all are answered. */
  #onError(queue: RoomQueue, publish: QueuedPublish, n: number, reply: ErrorFrame): void {
    const first = queue.halt(reply.retry, this.#backoff);
    if (reply.name === "conflict") {
      publish.attempted = false;
      this.#renumber(queue, n + 1);
    } else if (reply.name === "out_of_sequence") {
      publish.attempted = false;
      if (first && reply.expected !== undefined) this.#renumber(queue, reply.expected);
    } else if (reply.name === "unknown_publisher" || reply.name === "number_too_old") queue.expired = true;
    else if (reply.retry)
      publish.attempted = true; // it may have been kept (SPEC KEEP-3)
    else {
      queue.resetDelay();
      this.#outcomes.onRefused(queue, publish, FanfareError.from(reply));
    }
  }

  #renumber(queue: RoomQueue, next: number): void {
    queue.next = next;
    this.#writeBehind.writeRequired({ kind: "next", room: queue.room, next });
  }

  /** The server has forgotten this publisher (SPEC ONCE-6): a new one numbers the waiting publishes from 1. */
  #renew(connection: Connection): void {
    this.#isStale = false;
    this.#publisher = secret();
    this.#writeBehind.writeRequired({ kind: "publisher", publisher: this.#publisher });
    for (const queue of this.#queues.all) {
      queue.next = 1;
      queue.expired = false;
    }
    this.#announce(connection);
    // They are sent once the new id is saved.
  }
}

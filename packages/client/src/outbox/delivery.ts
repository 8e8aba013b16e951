import type { Backoff, ErrorFrame, PublisherReply, PublishReply } from "@fanfare/protocol";
import type { Connection } from "../connection.ts";
import { FanfareError } from "../errors.ts";
import { ANSWERS, answers } from "../frames.ts";
import type { Ledger } from "./ledger.ts";
import type { Publish, Receipt, RoomQueue, RoomQueues } from "./queue.ts";
import { secret } from "./secret.ts";

export interface Outcomes {
  readonly kept: (queue: RoomQueue, publish: Publish, receipt: Receipt) => void;
  readonly refused: (queue: RoomQueue, publish: Publish, error: FanfareError) => void;
}

/** Rooms whose numbers are remembered while nothing waits; a publisher is cheaper than more of them. */
const ROOMS = 1_000;

/**
 * Sends what waits, numbered per room by its publisher, over whatever connection there is, again after every break
 * until it is answered (SPEC ONCE-1).
 */
export class Delivery {
  #connection: Connection | undefined;
  /** The publisher's public form; empty until the server has told it once. */
  #tag = "";
  /** Publishes on their way at most, as the server takes them. */
  #capacity = 0;
  #inFlight = 0;

  /** @param publisher the secret to publish under (SPEC HELLO-3), which the store knows or is being told */
  constructor(
    private publisher: string,
    private readonly queues: RoomQueues,
    private readonly ledger: Ledger,
    private readonly backoff: Backoff,
    private readonly outcomes: Outcomes,
  ) {}

  online(connection: Connection, capacity: number): void {
    this.#connection = connection;
    this.#capacity = capacity;
    this.#introduce(connection);
    this.pump();
  }

  offline(): void {
    this.#connection = undefined;
    this.#inFlight = 0;
    for (const queue of this.queues.all) queue.reset();
  }

  /** Whose message has come, if it is one that waits for its acknowledgement. Its id is the tag and the number (SPEC ONCE-1). */
  holder(room: string, id: string): Publish | undefined {
    if (this.#tag === "" || !id.startsWith(`${this.#tag}:`)) return undefined;
    return this.queues.find(room)?.holder(Number(id.slice(this.#tag.length + 1)));
  }

  /** Sends as much as may be sent now. */
  pump(): void {
    const connection = this.#connection;
    const { sendable } = this.ledger;
    if (connection === undefined || sendable === undefined) return;
    const queues = this.queues.all;
    if (queues.length > ROOMS && queues.every(({ waiting }) => waiting.length === 0)) {
      this.queues.clear();
      this.#renew(connection);
      return;
    }
    const isExpired = queues.some(({ expired }) => expired);
    // What was sent before is found out about under the old publisher, and only then is there a new one.
    if (isExpired && this.#inFlight === 0 && !queues.some((queue) => queue.isUncertain)) {
      this.#renew(connection);
      return;
    }
    // What the store does not know to be settled is sent again by a program that comes back, and has to be recognised then.
    const most = this.#capacity - this.ledger.behind;
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

  /** What is numbered on this connection is ours. */
  #introduce(connection: Connection): void {
    connection.request({ op: "publisher", publisher: this.publisher }, (reply) => {
      if (reply === undefined || connection !== this.#connection) return;
      if (!answers(reply, ANSWERS.publisher)) connection.cut("the server does not take publishes by number");
      else this.#tag = (reply as PublisherReply).publisher;
    });
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
      queue.resume(() => this.pump());
      this.pump();
    });
  }

  #kept(queue: RoomQueue, publish: Publish, n: number, { epoch, offset, id, duplicate }: PublishReply): void {
    queue.next = n + 1;
    queue.progressed();
    this.ledger.write({ kind: "next", room: queue.room, next: n + 1 });
    this.outcomes.kept(queue, publish, { epoch, offset, id, duplicate: duplicate === true });
  }

  /** Whatever was published behind it was not kept, either (SPEC ONCE-4), and is sent again when all is answered. */
  #notKept(queue: RoomQueue, publish: Publish, n: number, reply: ErrorFrame): void {
    const first = queue.halt(reply.retry, this.backoff);
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
      this.outcomes.refused(queue, publish, FanfareError.from(reply));
    }
  }

  #renumber(queue: RoomQueue, next: number): void {
    queue.next = next;
    this.ledger.demand({ kind: "next", room: queue.room, next });
  }

  /** The server knows nothing of this publisher any more (SPEC ONCE-6): what waits is numbered from 1 for another one. */
  #renew(connection: Connection): void {
    this.publisher = secret();
    this.ledger.demand({ kind: "publisher", publisher: this.publisher });
    for (const queue of this.queues.all) {
      queue.next = 1;
      queue.expired = false;
    }
    this.#introduce(connection);
    // It is sent when the store has the new one.
  }
}

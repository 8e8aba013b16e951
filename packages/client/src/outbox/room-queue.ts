import { type Backoff, backoffDelay } from "@fanfare/protocol";
import type { PublishRecord } from "./outbox-store.ts";

/** The position and the id of a message that the server has kept. */
export interface Receipt {
  readonly epoch: string;
  readonly offset: number;
  readonly id: string;
  /** It was kept before: the server has recognised a retry. */
  readonly duplicate: boolean;
}

/** A publish that is neither acknowledged nor refused. */
export interface QueuedPublish {
  readonly record: PublishRecord;
  /** Its serial in the store. */
  readonly serial: number;
  /** UTF-8 bytes on the wire, approximately. */
  readonly bytes: number;
  /** Its number while it is in flight on the present connection. */
  n?: number;
  /** It was in flight when a connection broke, so it may have been kept. */
  attempted: boolean;
  /** Settles what `publish` returned; undefined if an earlier program published it, or if it was rejected already. */
  promise: { resolve(receipt: Receipt): void; reject(error: unknown): void } | undefined;
}

/** `sending` → `draining` → `pausing`, if there is a delay → `sending`. A break leads back to `sending`. */
type Phase =
  | { readonly kind: "sending" }
  /** A publish was not kept: nothing is sent before all publishes in flight are answered (SPEC ONCE-4). */
  | { readonly kind: "draining"; readonly delay: number }
  /** All are answered; sending goes on when the timer ends. */
  | { readonly kind: "pausing"; readonly timer: ReturnType<typeof setTimeout> };

const SENDING: Phase = { kind: "sending" };

/**
 * The publishes of one room in order. The first has the number `next`, the second the number after that, and so on, so
 * when one is refused, those behind it move up (SPEC ONCE-1, ONCE-4).
 */
export class RoomQueue {
  readonly waiting: QueuedPublish[] = [];
  next: number;
  /** How many, from the first on, are in flight. */
  inFlight = 0;
  /** The server has forgotten the publisher: nothing is sent before there is a new one. */
  expired = false;
  #phase: Phase = SENDING;
  /** Halts since a publish was last settled; the delay grows with them. */
  #halts = 0;

  constructor(
    readonly room: string,
    next: number,
  ) {
    this.next = next;
  }

  /** Whether a publish may have been kept already, so that its number must not change. */
  get isUncertain(): boolean {
    return !this.expired && this.waiting.some(({ attempted }) => attempted);
  }

  /**
   * Numbers the next publish and counts it as in flight.
   *
   * @param which `uncertain`: only if it may have been kept already
   * @param last the serial of the last publish that may be sent
   */
  nextToSend(which: "any" | "uncertain", last: number): QueuedPublish | undefined {
    if (this.#phase.kind !== "sending" || this.expired) return undefined;
    const publish = this.waiting[this.inFlight];
    if (publish === undefined || publish.serial > last || (which === "uncertain" && !publish.attempted))
      return undefined;
    publish.n = this.next + this.inFlight;
    this.inFlight += 1;
    return publish;
  }

  onReply(publish: QueuedPublish): void {
    this.inFlight -= 1;
    delete publish.n;
  }

  /**
   * Stops sending, as a publish was not kept.
   *
   * @param delayed whether it can only succeed after a delay
   * @returns whether it was sending; otherwise the publish failed because an earlier one did
   */
  halt(delayed: boolean, backoff: Backoff): boolean {
    if (this.#phase.kind !== "sending") return false;
    const delay = delayed || this.#halts > 0 ? backoffDelay(backoff, this.#halts) : 0;
    this.#phase = { kind: "draining", delay };
    this.#halts += 1;
    return true;
  }

  /** A publish was settled: the next delay is the shortest. */
  resetDelay(): void {
    this.#halts = 0;
  }

  /** Goes on after a halt once all are answered: at once, or after the delay, and calls `resumed` then. */
  resume(resumed: () => void): void {
    const phase = this.#phase;
    if (phase.kind !== "draining" || this.inFlight > 0) return;
    if (phase.delay === 0) {
      this.#phase = SENDING;
      return;
    }
    const timer = setTimeout(() => {
      this.#phase = SENDING;
      resumed();
    }, phase.delay);
    this.#phase = { kind: "pausing", timer };
  }

  remove(publish: QueuedPublish): void {
    const place = this.waiting.indexOf(publish);
    if (place >= 0) this.waiting.splice(place, 1);
  }

  /** The connection broke: publishes in flight may have been kept. */
  onOffline(): void {
    for (const publish of this.waiting.slice(0, this.inFlight)) {
      publish.attempted = true;
      delete publish.n;
    }
    this.inFlight = 0;
    if (this.#phase.kind === "pausing") clearTimeout(this.#phase.timer);
    this.#phase = SENDING;
  }

  /**
   * Finds the unacknowledged publish whose message has the number `n`; a message may come before its acknowledgement.
   * A publish in flight has its number. After a break its place gives the number, except after a halt, when the places
   * change.
   */
  findByNumber(n: number): QueuedPublish | undefined {
    const sent = this.waiting.slice(0, this.inFlight).find((publish) => publish.n === n);
    if (sent !== undefined || this.#phase.kind !== "sending") return sent;
    const publish = this.waiting[n - this.next];
    return publish?.attempted === true ? publish : undefined;
  }
}

/** The queues of all rooms with publishes. */
export class RoomQueues {
  readonly #queues = new Map<string, RoomQueue>();

  get all(): readonly RoomQueue[] {
    return [...this.#queues.values()];
  }

  find(room: string): RoomQueue | undefined {
    return this.#queues.get(room);
  }

  open(room: string): RoomQueue {
    let queue = this.#queues.get(room);
    if (queue === undefined) {
      queue = new RoomQueue(room, 1);
      this.#queues.set(room, queue);
    }
    return queue;
  }

  clear(): void {
    this.#queues.clear();
  }
}

import { type Backoff, backoffDelay } from "@fanfare/protocol";
import type { FanfareError } from "../errors.ts";
import type { AnyMessages, MessageTypes } from "../subscription.ts";
import type { StoredPublish } from "./store.ts";

/** Where a message was kept, and as what. */
export interface Receipt {
  readonly epoch: string;
  readonly offset: number;
  readonly id: string;
  /** It had been kept before: a retry was recognised. */
  readonly duplicate: boolean;
}

/** A publish that is neither acknowledged nor refused. */
export interface Publish {
  readonly draft: Draft;
  /** In its store. */
  readonly serial: number;
  /** UTF-8 bytes on the wire, about. */
  readonly bytes: number;
  /** Its number while it is on its way over the present connection. */
  n?: number;
  /** It was on its way over a connection that broke: nobody knows whether it was kept. */
  attempted: boolean;
  readonly resolve: (receipt: Receipt) => void;
  readonly reject: (error: unknown) => void;
}

/** What was published, before it has its place in the outbox. */
export type Draft = Omit<StoredPublish, "serial">;

/** What an application sees of a publish until its message comes back: the local echo. */
export interface TypedOutgoing<Type extends string, Data> {
  /** As the message will carry it, so that a list can keep its place. */
  readonly key: string;
  readonly type: Type;
  readonly data: Data;
  /** Milliseconds since 1970, this machine's clock. */
  readonly at: number;
  /** `sent` is kept by the server; `failed` was refused, and says why. */
  readonly status: "pending" | "sent" | "failed";
  readonly error?: FanfareError;
}

/** What is on its way into a room that takes the types `M`; `type` tells which it is. */
export type Outgoing<M extends MessageTypes = AnyMessages> = {
  [T in keyof M & string]: TypedOutgoing<T, M[T]>;
}[keyof M & string];

/** What a queue is doing: `sending` → `draining` → `pausing`, if it has to wait → `sending`. A break begins anew. */
type Phase =
  | { readonly kind: "sending" }
  /** Something was not kept: nothing more is sent before all that is on its way has been answered (SPEC ONCE-4). */
  | { readonly kind: "draining"; readonly delay: number }
  /** All has been answered; the first one that waits is sent when the timer ends. */
  | { readonly kind: "pausing"; readonly timer: ReturnType<typeof setTimeout> };

const SENDING: Phase = { kind: "sending" };

/**
 * The publishes of one room in order. The first one has the number `next`, the one behind it the number after that,
 * and so on: where one is refused, those behind it move up by themselves (SPEC ONCE-1, ONCE-4).
 */
export class RoomQueue {
  readonly waiting: Publish[] = [];
  next: number;
  /** How many of the first ones are on their way. */
  inFlight = 0;
  /** The server knows nothing of its publisher, whatever the phase: nothing is sent before there is another one. */
  expired = false;
  #phase: Phase = SENDING;
  /** Halts since the last publish that was settled: each pause is longer. */
  #halts = 0;

  constructor(
    readonly room: string,
    next: number,
  ) {
    this.next = next;
  }

  /** Whether something here may have been kept already, which only its number can tell. */
  get isUncertain(): boolean {
    return !this.expired && this.waiting.some(({ attempted }) => attempted);
  }

  /**
   * The next one to send, with its number.
   *
   * @param which `uncertain`: only if it may have been kept already
   * @param last the serial of the last one that may be sent
   */
  take(which: "any" | "uncertain", last: number): Publish | undefined {
    if (this.#phase.kind !== "sending" || this.expired) return undefined;
    const publish = this.waiting[this.inFlight];
    if (publish === undefined || publish.serial > last || (which === "uncertain" && !publish.attempted))
      return undefined;
    publish.n = this.next + this.inFlight;
    this.inFlight += 1;
    return publish;
  }

  /** It has been answered. */
  answered(publish: Publish): void {
    this.inFlight -= 1;
    delete publish.n;
  }

  /**
   * Something was not kept.
   *
   * @param soon the same may succeed later, but not at once
   * @returns whether it is the first since this was sending: what was behind it fails for that reason alone
   */
  halt(soon: boolean, backoff: Backoff): boolean {
    if (this.#phase.kind !== "sending") return false;
    const delay = soon || this.#halts > 0 ? backoffDelay(backoff, this.#halts) : 0;
    this.#phase = { kind: "draining", delay };
    this.#halts += 1;
    return true;
  }

  /** Something was settled: the next pause is a short one again. */
  progressed(): void {
    this.#halts = 0;
  }

  /** Goes on, if it was halted and all has been answered: now, or with a call to `resumed` after a pause. */
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

  remove(publish: Publish): void {
    const place = this.waiting.indexOf(publish);
    if (place >= 0) this.waiting.splice(place, 1);
  }

  /** The connection is gone, and the answers with it. */
  reset(): void {
    for (const publish of this.waiting.slice(0, this.inFlight)) {
      publish.attempted = true;
      delete publish.n;
    }
    this.inFlight = 0;
    if (this.#phase.kind === "pausing") clearTimeout(this.#phase.timer);
    this.#phase = SENDING;
  }

  /**
   * Whose message has come, if it has the number `n` of ours: the message may be here before the acknowledgement. On
   * its way now, its number is known. On its way over a connection that broke, its place tells it, but not while
   * something was not kept and the places behind it are moving.
   */
  holder(n: number): Publish | undefined {
    const sent = this.waiting.slice(0, this.inFlight).find((publish) => publish.n === n);
    if (sent !== undefined || this.#phase.kind !== "sending") return sent;
    const publish = this.waiting[n - this.next];
    return publish?.attempted === true ? publish : undefined;
  }
}

/** The queues of all rooms that something was published into. */
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

import type { Clock } from "../../hub/ports.ts";
import type { LimitLog } from "./limit-log.ts";

/** A socket whose client may leave bytes waiting. */
export interface OutboundSocket {
  /** Bytes that the client has not taken yet; 0 once it is closed or cut off. */
  readonly buffered: number;
  isSubscribed(topic: string): boolean;
  /** Makes `buffered` include small published frames that Bun still holds separately. */
  flush(): void;
  cutOff(): void;
}

/** Clients are cut off until no more than this part of the bound is waiting, so that one cut makes room for a while. */
const LOW = 3 / 4;
/** Bytes published between two measurements: this part of the bound, up to a maximum. */
const STEP = 1 / 16;
const LARGEST_STEP = 16 * 1024 * 1024;
/** Bun's buffers grow by doubling, so what waits may take twice its size. */
const MEMORY_PER_BYTE = 2;
/** Bun writes larger frames to each socket at once, and holds smaller ones until the turn of the loop ends. */
const KEPT_APART = 16 * 1024;

/** About how many bytes of a frame the kernel accepts at once where nothing waits; the rest of a larger frame waits. */
const TAKEN_AT_ONCE = 1024 * 1024;

/**
 * Bounds the bytes that wait for all clients together (SPEC FLOW-4). Bun does not count them, and checking every socket
 * for each frame would cost more than sending it. So this keeps an upper estimate, as if no client had read anything since
 * the last measurement, and measures only when the estimate passes the bound.
 */
export class OutboundLimiter {
  /** Upper estimate of the bytes that wait. */
  #estimate = 0;
  /** Bytes of small frames that were published in this turn of the loop, and in the one before. */
  #apart = { now: 0, before: 0 };
  #isTurnCounted = false;
  /** Bytes that may wait. */
  readonly #most: number;
  readonly #step: number;

  /** @param memory bytes that the buffers of all sockets may take */
  constructor(
    private readonly sockets: Iterable<OutboundSocket>,
    memory: number,
    private readonly clock: Pick<Clock, "soon">,
    private readonly limitLog: LimitLog,
  ) {
    this.#most = memory / MEMORY_PER_BYTE;
    this.#step = Math.min(this.#most * STEP, LARGEST_STEP);
  }

  /** Called before one publish sends a frame of `bytes` to the `receivers` subscribers of `topic`. */
  beforePublish(topic: string, bytes: number, receivers: number): void {
    const cost = bytes * receivers;
    if (this.#estimate + cost > this.#most) this.#measure(topic, bytes);
    this.#estimate += cost;
    if (bytes < KEPT_APART) this.#keepApart(cost);
  }

  /** Called when a frame of `bytes` waits for one client. */
  onWaiting(bytes: number): void {
    this.#estimate += bytes;
    if (this.#estimate > this.#most) this.#measure();
  }

  /** Small frames have reached their sockets by the end of the next turn. */
  #keepApart(bytes: number): void {
    this.#apart.now += bytes;
    if (this.#isTurnCounted) return;
    this.#isTurnCounted = true;
    this.clock.soon(() => {
      this.#isTurnCounted = false;
      this.#apart = { now: 0, before: this.#apart.now };
      if (this.#apart.before > 0) this.#keepApart(0);
    });
  }

  /**
   * @param topic to which a frame of so many bytes will be published: it will wait for clients that are behind, and a
   * frame that the kernel cannot take at once for everyone
   */
  #measure(topic?: string, bytes = 0): void {
    if (this.#apart.now + this.#apart.before > this.#step) {
      for (const socket of this.sockets) socket.flush();
      this.#apart = { now: 0, before: 0 };
    }
    const waiting: { socket: OutboundSocket; bytes: number }[] = [];
    let total = 0;
    for (const socket of this.sockets) {
      const { buffered } = socket;
      if (buffered === 0 && bytes <= TAKEN_AT_ONCE) continue;
      const next = topic !== undefined && socket.isSubscribed(topic) ? bytes : 0;
      waiting.push({ socket, bytes: buffered + next });
      total += buffered + next;
    }
    if (total > this.#most) total = this.#cut(waiting, total);
    this.#estimate = Math.min(total, this.#most - this.#step);
  }

  /** Cuts off the clients for which the most is waiting. @returns how many bytes are left */
  #cut(waiting: { socket: OutboundSocket; bytes: number }[], total: number): number {
    waiting.sort((a, b) => b.bytes - a.bytes);
    let left = total;
    for (const { socket, bytes } of waiting) {
      if (left <= this.#most * LOW) break;
      socket.cutOff();
      left -= bytes;
    }
    this.limitLog.record("limits.waiting_per_node", "everyone", { action: "closed" });
    return left;
  }
}

import { SUBPROTOCOL } from "@fanfare/protocol";
import { textFrame } from "@fanfare/testing/frame-writer";
import { FrameSocket } from "../socket/frame-socket.ts";
import type { Client } from "./client.ts";
import { DeliveryCounter, type NativeReplies } from "./delivery-counter.ts";
import type { PublishOptions } from "./generator-methods.ts";
import type { Metrics } from "./metrics.ts";
import { NativePublisher } from "./native-publisher.ts";
import type { NativeRoom } from "./native-room.ts";

export interface NativeRole {
  /** For its user name, its publisher id, and fault reports. */
  readonly name: string;
  readonly publishes: boolean;
  readonly joins: boolean;
}

/** A native connection in one room. */
export class NativeClient implements Client, NativeReplies {
  readonly #role: NativeRole;
  readonly #room: NativeRoom;
  readonly #metrics: Metrics;
  readonly #deliveries: DeliveryCounter;
  readonly #requests = new Map<number, { resolve(): void; reject(error: Error): void }>();
  #socket: FrameSocket | undefined;
  #publisher: NativePublisher | undefined;

  private constructor(role: NativeRole, room: NativeRoom, metrics: Metrics) {
    this.#role = role;
    this.#room = room;
    this.#metrics = metrics;
    this.#deliveries = new DeliveryCounter(`${role.name} in ${room.name}`, metrics, this, role.publishes);
  }

  /** Connects, says hello and joins. */
  static async open(
    url: string,
    role: NativeRole,
    room: NativeRoom,
    metrics: Metrics,
  ): Promise<NativeClient> {
    const client = new NativeClient(role, room, metrics);
    const socket = await FrameSocket.open(
      `${url}/ws`,
      {
        data: (bytes, start, end, length) => client.#deliveries.data(bytes, start, end, length),
        afterChunk: () => client.#publisher?.fill(),
        drained: () => client.#publisher?.fill(),
        closed: (code, reason) => client.#closed(code, reason),
      },
      role.publishes
        ? { subprotocol: SUBPROTOCOL }
        : { subprotocol: SUBPROTOCOL, edge: DeliveryCounter.EDGE },
    );
    client.#socket = socket;
    // Publisher ids have 16 characters or more.
    const publisher = role.publishes
      ? { publisher: role.name.replaceAll(/[^\w-]/g, "_").padEnd(16, "_") }
      : {};
    await client.#request({ op: "hello", ref: 1, user: role.name, ...publisher });
    if (role.joins) await client.#request({ op: "join", ref: 2, room: room.name });
    if (role.publishes) client.#publisher = new NativePublisher(socket, room, metrics);
    return client;
  }

  get isOpen(): boolean {
    return this.#socket?.isOpen ?? false;
  }

  publish(options: PublishOptions): void {
    this.#publisher?.start(options);
  }

  stop(): void {
    this.#publisher?.stop();
  }

  missing(): string | undefined {
    if (!this.isOpen) return undefined;
    const unanswered = this.#publisher?.inFlight ?? 0;
    if (unanswered > 0) return `${unanswered} publishes of ${this.#role.name} were never answered`;
    if (!this.#role.joins || this.#deliveries.last >= this.#room.acknowledged) return undefined;
    const { acknowledged } = this.#room;
    return `${this.#role.name} never got offset ${acknowledged}, which was acknowledged; its last is ${this.#deliveries.last}`;
  }

  ok(ref: number, offset: number): void {
    if (this.#requests.size > 0 && this.#requests.has(ref)) this.#requests.get(ref)?.resolve();
    else this.#publisher?.acknowledge(ref, offset);
  }

  refused(ref: number, text: string): void {
    const request = this.#requests.get(ref);
    if (request !== undefined) request.reject(new Error(`${this.#role.name}: ${text}`));
    else this.#publisher?.refuse(ref, text);
  }

  async #request(frame: { readonly ref: number } & Record<string, unknown>): Promise<void> {
    const reply = Promise.withResolvers<void>();
    this.#requests.set(frame.ref, reply);
    this.#socket?.send(textFrame(JSON.stringify(frame)));
    try {
      await reply.promise;
    } finally {
      this.#requests.delete(frame.ref);
    }
  }

  #closed(code: number, reason: string): void {
    this.#metrics.closed(this.#role.publishes ? "publisher" : "member", code);
    for (const request of this.#requests.values()) request.reject(new Error(`closed: ${code} ${reason}`));
  }
}

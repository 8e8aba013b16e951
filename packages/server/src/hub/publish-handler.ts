import { type Refusal, refuse } from "@fanfare/protocol";
import type { Policy } from "../config/policy.ts";
import type { Outcome, Recognition, RoomEvent } from "../engines/engine.ts";
import type { AppendQueue, OnOutcome } from "./append-queue.ts";
import type { Connection } from "./connection.ts";
import type { IdGenerator } from "./id-generator.ts";
import type { Clock } from "./ports.ts";
import type { Rooms } from "./rooms.ts";
import { TYPING } from "./typing.ts";

export interface NewMessage {
  readonly room: string;
  readonly type: string;
  /** Compact JSON text. */
  readonly data: string;
  readonly id?: string;
  readonly n?: number;
}

/** Called with the outcome of a publish, and the message's id. */
export type OnPublished = (outcome: Outcome, id: string) => void;

const BY_NOTHING: Recognition = { by: "nothing" };
const BY_ID: Recognition = { by: "id" };

/** Hands messages and events to the append queue: messages go to the log, events past it. */
export class PublishHandler {
  constructor(
    private readonly appendQueue: AppendQueue,
    private readonly rooms: Rooms,
    private readonly policy: (room: string) => Policy,
    private readonly ids: IdGenerator,
    private readonly clock: Clock,
    /** The most bytes of `data`, whatever a policy allows. */
    private readonly largestData: number,
  ) {}

  /**
   * The message goes on in `AppendQueue`.
   * @param published called once, after the commit or its failure, unless the publish is refused
   * @returns why it is refused, or undefined
   */
  publish(connection: Connection, publishing: NewMessage, published: OnPublished): Refusal | undefined {
    const { room, type, data, n } = publishing;
    const refusal = this.#oversized(data, room);
    if (refusal !== undefined) return refusal;
    if (this.appendQueue.closed) return refuse("unavailable");
    let id = publishing.id;
    let recognition: Recognition = id === undefined ? BY_NOTHING : BY_ID;
    if (n !== undefined) {
      const { publisher } = connection.identity;
      if (publisher === undefined)
        return refuse("bad_request", "n needs a publisher: name it in hello, or by the request publisher.");
      recognition = { by: "number", publisher, n };
      id = `${this.ids.publisherTag(publisher)}:${n}`;
    }
    const kept = id ?? this.ids.messageId();
    const onOutcome: OnOutcome = (outcome) => {
      const isFirst = outcome.kind === "kept" && outcome.offset === 1 && !outcome.duplicate;
      if (isFirst) connection.socket.charge?.("rooms", 1);
      // Goes on in the session, which replies: e.g. `NativeSession.#publish`.
      published(outcome, kept);
    };
    const at = this.clock.now();
    this.appendQueue.append(
      connection.flow,
      { kind: "append", room, id: kept, type, from: connection.user, at, data, recognition },
      onOutcome,
    );
    return undefined;
  }

  /** Relays an ephemeral event to a room. */
  event(connection: Connection, room: string, type: string, data: string): Refusal | undefined {
    const refusal = this.#oversized(data, room);
    if (refusal !== undefined) return refusal;
    const joined = this.rooms.joined(connection, room);
    if (joined === undefined) return refuse("not_joined", "Events go to rooms that you are in.");
    const event: RoomEvent = { type, from: connection.user, data };
    if (type === TYPING) joined.typing.record(event, connection.id);
    this.appendQueue.event(connection.flow, room, event);
    return undefined;
  }

  #oversized(data: string, room: string): Refusal | undefined {
    const most = Math.min(this.policy(room).maxDataBytes, this.largestData);
    // UTF-8 takes at most three bytes for a UTF-16 unit, so most data needs no closer look.
    if (data.length * 3 <= most) return undefined;
    return Buffer.byteLength(data) > most
      ? refuse("data_too_large", `This room takes data of up to ${most} bytes.`)
      : undefined;
  }
}

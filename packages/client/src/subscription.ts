import type { EventFrame, Json, Message, MessageFrame, ResetReason } from "@fanfare/protocol";
import type { Connection } from "./connection.ts";
import { FanfareError } from "./errors.ts";
import type { Lifetime } from "./lifetime.ts";
import { type Abortable, Listeners } from "./listeners.ts";
import { type JoinOptions, Membership, type MembershipEvents, type RoomState } from "./membership.ts";
import { type Issue, type Schemas, validate } from "./schemas.ts";
import { Stream } from "./stream.ts";
import type { Value } from "./value.ts";

/** The message types of a room, with the data of each: `{ chat: { text: string } }`. */
export type MessageTypes = object;
/** The message types of a room that was opened without any. */
export type AnyMessages = Readonly<Record<string, Json>>;

/** A message of type `T`: the record of SPEC ROOM-1, and a key for lists. */
export interface TypedMessage<T extends string, Data> extends Omit<Message, "type" | "data"> {
  readonly type: T;
  readonly data: Data;
  /** The key of the publish, if this client published it; else the message id. */
  readonly key: string;
}
/** Any message of a room, discriminated by `type`. */
export type RoomMessage<M extends MessageTypes = AnyMessages> = {
  [T in keyof M & string]: TypedMessage<T, M[T]>;
}[keyof M & string];

/** An ephemeral event of type `T`. */
export interface TypedEvent<T extends string, Data> extends Omit<EventFrame, "op" | "type" | "data"> {
  readonly type: T;
  readonly data: Data;
}
/** The events that the SDK itself sends; see `Room.setTyping`. */
type TypingEvents = { readonly typing: boolean };
/** Any event of a room, discriminated by `type`: cursors, typing. */
export type RoomEvent<E extends MessageTypes = AnyMessages> = {
  [T in keyof (E & TypingEvents) & string]: TypedEvent<T, (E & TypingEvents)[T]>;
}[keyof (E & TypingEvents) & string];

/** The messages between the last one received and `oldest` are lost to this client (SPEC GAP-1). */
export interface Reset {
  readonly room: string;
  readonly reason: ResetReason;
  readonly epoch: string;
  readonly oldest: number;
  readonly newest: number;
}

/** A message that its schema refuses; it is not emitted as `message`. */
export interface Invalid {
  readonly message: Message;
  readonly issues: readonly Issue[];
}

/** The room has caught up to `offset`, with `messages` messages since the join or the break. */
export interface Live {
  readonly offset: number;
  readonly messages: number;
}

export interface SubscriptionEvents<M extends MessageTypes, E extends MessageTypes = AnyMessages> {
  readonly message: RoomMessage<M>;
  readonly event: RoomEvent<E>;
  readonly reset: Reset;
  readonly invalid: Invalid;
  readonly live: Live;
}

/** What a room or a pattern uses of its client. */
export interface SubscriptionHost {
  /** Connects the client. @throws {FanfareError} `closed` */
  connect(): void;
  /** The open one. */
  connection(): Connection | undefined;
  readonly lifetime: Lifetime;
}

export interface SubscriptionOptions extends JoinOptions {
  readonly schemas?: Schemas | undefined;
}

/** Messages that may wait for one `for await`, by default. */
const BUFFER = 10_000;

/** What rooms and patterns share: joining, leaving and listening. */
export abstract class Subscription<
  M extends MessageTypes,
  E extends MessageTypes,
  Events extends SubscriptionEvents<M, E>,
> {
  readonly #listeners = new Map<keyof Events, Listeners<never>>();
  /** @internal */
  readonly membership: Membership;
  /** @internal They may be replaced while it is not joined. */
  options: SubscriptionOptions;

  protected constructor(
    readonly name: string,
    options: SubscriptionOptions,
    protected readonly host: SubscriptionHost,
    events: Pick<MembershipEvents, "event" | "presence" | "away"> & {
      readonly keyOf: (message: Message) => string;
    },
  ) {
    this.options = options;
    this.membership = new Membership(
      name,
      () => this.options,
      host.connection,
      {
        ...events,
        message: (frame) => this.#message(frame, events.keyOf(frame)),
        event: (frame) => {
          events.event(frame);
          const { op: _, ...event } = frame;
          this.emit("event", event as Events["event"]);
        },
        reset: ({ op: _, ...reset }) => this.emit("reset", reset as Events["reset"]),
        live: ({ offset }, messages) => this.emit("live", { offset, messages } as Events["live"]),
      },
      host.lifetime,
    );
  }

  get state(): Value<RoomState> {
    return this.membership.state;
  }

  /**
   * Adds a listener. An error that it throws is reported, and other listeners are still called.
   *
   * @returns removes the listener; so does the signal
   * @throws {TypeError} if there is no such event
   */
  on<K extends keyof Events>(
    event: K,
    listener: (payload: Events[K]) => void,
    options?: Abortable,
  ): () => void {
    const { events } = this;
    if (!events.includes(event))
      throw new TypeError(`No event ${String(event)}; there are ${events.join(", ")}.`);
    return this.#listenersOf(event).add(listener, options);
  }

  /** As `on`, for the next one alone. */
  once<K extends keyof Events>(
    event: K,
    listener: (payload: Events[K]) => void,
    options?: Abortable,
  ): () => void {
    const remove = this.on(
      event,
      (payload) => {
        remove();
        return listener(payload);
      },
      options,
    );
    return remove;
  }

  /**
   * Joins, and resolves once the requested history has been emitted, so add listeners before. After a break the client
   * joins again by itself. The signal ends the waiting, not the join.
   *
   * @throws {FanfareError} the server's error, or `closed`
   */
  async join(options: Abortable = {}): Promise<void> {
    options.signal?.throwIfAborted();
    this.host.connect();
    this.membership.join();
    await this.membership.state.until((state) => {
      if (state.status === "refused") throw state.error;
      if (state.status === "left") throw new FanfareError("closed", `${this.name} was left.`);
      return state.status === "live";
    }, options);
  }

  /** Leaves. A later join begins anew, with the history that the options ask for. */
  leave(): void {
    this.membership.leave();
  }

  /**
   * Joins, and iterates over the messages. A reader that falls more than `buffer` messages behind gets an error with
   * code `overflow`. The room stays joined when the loop ends.
   */
  messages({
    signal,
    buffer = BUFFER,
  }: Abortable & { readonly buffer?: number } = {}): AsyncIterableIterator<RoomMessage<M>> {
    return new Stream<RoomMessage<M>>(
      (push, end) => {
        const unsubscribe = this.on("message", push);
        const reasonOf = this.host.lifetime.loop();
        this.join().catch((error) => end(reasonOf(error)));
        const unsubscribeState = this.state.listen((state) => {
          if (state.status === "left") end();
          else if (state.status === "refused") end(reasonOf(state.error));
        });
        return () => {
          unsubscribe();
          unsubscribeState();
        };
      },
      buffer,
      { signal },
    );
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<RoomMessage<M>> {
    return this.messages();
  }

  /** @internal The client was closed: loops over its values end. */
  wake(): void {
    this.membership.state.wake();
  }

  /** The events that `on` accepts. */
  protected get events(): readonly (keyof Events)[] {
    return ["message", "event", "reset", "invalid", "live"];
  }

  protected emit<K extends keyof Events>(event: K, payload: Events[K]): void {
    this.#listenersOf(event).emit(payload);
  }

  /** @returns the message with its schema's output, or what the schema refused. Without schemas nothing is checked. */
  protected typed(message: Message, key: string): RoomMessage<M> | Invalid {
    const result = validate(this.options.schemas, message.type, message.data);
    if (result.issues !== undefined) return { message, issues: result.issues };
    return { ...message, data: result.value, key } as unknown as RoomMessage<M>;
  }

  #message({ op: _, ...message }: MessageFrame, key: string): void {
    const typed = this.typed(message, key);
    if ("issues" in typed) this.emit("invalid", typed as Events["invalid"]);
    else this.emit("message", typed as Events["message"]);
  }

  #listenersOf<K extends keyof Events>(event: K): Listeners<Events[K]> {
    let listeners = this.#listeners.get(event);
    if (listeners === undefined) {
      listeners = new Listeners<never>(this.host.lifetime.report);
      this.#listeners.set(event, listeners);
    }
    return listeners as unknown as Listeners<Events[K]>;
  }
}

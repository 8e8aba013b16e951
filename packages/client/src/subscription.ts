import type { EventFrame, Json, Message, MessageFrame, ResetReason } from "@fanfare/protocol";
import type { Connection } from "./connection.ts";
import { FanfareError } from "./errors.ts";
import { type JoinOptions, Membership, type MembershipEvents, type RoomState } from "./membership.ts";
import { type Issue, type Schemas, validate } from "./schemas.ts";
import { Stream } from "./stream.ts";
import { type Abortable, Listeners, type Value } from "./value.ts";

/** The types of message that a room has, with the data of each: `{ chat: { text: string } }`. */
export type MessageTypes = object;
/** A room whose messages nobody has described. */
export type AnyMessages = Readonly<Record<string, Json>>;

/** A message of type `T`: what SPEC ROOM-1 says, and a key for lists. */
export interface TypedMessage<T extends string, Data> extends Omit<Message, "type" | "data"> {
  readonly type: T;
  readonly data: Data;
  /** That of the publish it came from, where that was ours; else its id. */
  readonly key: string;
}
/** Any message of a room; `type` tells which. */
export type RoomMessage<M extends MessageTypes = AnyMessages> = {
  [T in keyof M & string]: TypedMessage<T, M[T]>;
}[keyof M & string];

/** Told and forgotten: typing, cursors. */
export type RoomEvent = Omit<EventFrame, "op">;

/** What lies between the last message and `oldest` cannot be had any more (SPEC GAP-1). */
export interface Reset {
  readonly room: string;
  readonly reason: ResetReason;
  readonly epoch: string;
  readonly oldest: number;
  readonly newest: number;
}

/** A message that its schema refuses; listeners of `message` do not see it. */
export interface Invalid {
  readonly message: Message;
  readonly issues: readonly Issue[];
}

/** Caught up: everything up to `offset` has been told, `messages` of it since the join or the break. */
export interface Live {
  readonly offset: number;
  readonly messages: number;
}

export interface SubscriptionEvents<M extends MessageTypes> {
  readonly message: RoomMessage<M>;
  readonly event: RoomEvent;
  readonly reset: Reset;
  readonly invalid: Invalid;
  readonly live: Live;
}

/** What a room or a pattern needs of its client. */
export interface SubscriptionHost {
  /** Somebody wants to be there: connect. @throws {FanfareError} `closed` */
  wanted(): void;
  /** The connection that is open now. */
  connection(): Connection | undefined;
}

export interface SubscriptionOptions extends JoinOptions {
  readonly schemas?: Schemas | undefined;
}

/** Messages that may wait for one `for await`, unless it says otherwise. */
const BUFFER = 10_000;

/** What a room and a pattern have in common: being in it, and listening. */
export abstract class Subscription<M extends MessageTypes, Events extends SubscriptionEvents<M>> {
  readonly #listeners = new Map<keyof Events, Listeners<never>>();
  /** @internal */
  readonly membership: Membership;

  protected constructor(
    readonly name: string,
    /** @internal While it is not joined they may be others. */
    public options: SubscriptionOptions,
    private readonly host: SubscriptionHost,
    events: Pick<MembershipEvents, "event" | "presence" | "away"> & {
      readonly keyOf: (message: Message) => string;
    },
  ) {
    this.membership = new Membership(name, () => this.options, host.connection, {
      ...events,
      message: (frame) => this.#message(frame, events.keyOf(frame)),
      event: (frame) => {
        events.event(frame);
        const { op: _, ...event } = frame;
        this.tell("event", event as Events["event"]);
      },
      reset: ({ op: _, ...reset }) => this.tell("reset", reset as Events["reset"]),
      live: ({ offset }, messages) => this.tell("live", { offset, messages } as Events["live"]),
    });
  }

  get state(): Value<RoomState> {
    return this.membership.state;
  }

  /**
   * A listener that throws is reported, and costs nobody else anything.
   *
   * @returns what ends it; so does the signal
   * @throws {TypeError} if there is no such event
   */
  on<E extends keyof Events>(
    event: E,
    listener: (payload: Events[E]) => void,
    options?: Abortable,
  ): () => void {
    const { events } = this;
    if (!events.includes(event))
      throw new TypeError(`No event ${String(event)}; there are ${events.join(", ")}.`);
    return this.#of(event).add(listener, options);
  }

  /**
   * Joins, unless that has been done, and resolves once everything that was asked of the past has been told. Listen
   * before. It is joined again by itself after every break. The signal ends the waiting, not the joining.
   *
   * @throws {FanfareError} what the server refused, or `closed`
   */
  async join(options: Abortable = {}): Promise<void> {
    options.signal?.throwIfAborted();
    this.host.wanted();
    this.membership.want();
    await this.membership.state.until((state) => {
      if (state.status === "refused") throw state.error;
      if (state.status === "left") throw new FanfareError("closed", `${this.name} was left.`);
      return state.status === "live";
    }, options);
  }

  /** What comes next when it is joined again begins anew, with as much history as its options say. */
  leave(): void {
    this.membership.leave();
  }

  /**
   * Joins, and gives the messages one by one. A reader that falls more than `buffer` messages behind gets an error with
   * code `overflow`. Ending the loop ends the reading, not the join.
   */
  messages({
    signal,
    buffer = BUFFER,
  }: Abortable & { readonly buffer?: number } = {}): AsyncIterableIterator<RoomMessage<M>, undefined> {
    return new Stream<RoomMessage<M>>(
      (push, end) => {
        const unsubscribe = this.on("message", push);
        this.join().catch(end);
        const unwatch = this.state.subscribe((state) => {
          if (state.status === "left") end();
          else if (state.status === "refused") end(state.error);
        });
        return () => {
          unsubscribe();
          unwatch();
        };
      },
      buffer,
      { signal },
    );
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<RoomMessage<M>, undefined> {
    return this.messages();
  }

  /** What `on` takes. */
  protected get events(): readonly (keyof Events)[] {
    return ["message", "event", "reset", "invalid", "live"];
  }

  protected tell<E extends keyof Events>(event: E, payload: Events[E]): void {
    this.#of(event).tell(payload);
  }

  /** A message as its schema gives it; undefined if it refuses it. Without a schema, its word is taken. */
  protected typed(message: Message, key: string): RoomMessage<M> | Invalid {
    const verdict = validate(this.options.schemas, message.type, message.data);
    if (verdict.issues !== undefined) return { message, issues: verdict.issues };
    return { ...message, data: verdict.value, key } as unknown as RoomMessage<M>;
  }

  #message({ op: _, ...message }: MessageFrame, key: string): void {
    const typed = this.typed(message, key);
    if ("issues" in typed) this.tell("invalid", typed as Events["invalid"]);
    else this.tell("message", typed as Events["message"]);
  }

  #of<E extends keyof Events>(event: E): Listeners<Events[E]> {
    let listeners = this.#listeners.get(event);
    if (listeners === undefined) {
      listeners = new Listeners<never>();
      this.#listeners.set(event, listeners);
    }
    return listeners as unknown as Listeners<Events[E]>;
  }
}

import type { HistoryReply, HistoryRequest, Json, MembersReply, Position } from "@fanfare/protocol";
import { toJson } from "./encoding.ts";
import { FanfareError } from "./errors.ts";
import { ANSWERS } from "./frames.ts";
import type { JsonCompatible } from "./json-compatible.ts";
import type { Abortable } from "./listeners.ts";
import type { JoinOptions } from "./membership.ts";
import type { Failed } from "./options.ts";
import type { PublishRecord } from "./outbox/outbox-store.ts";
import type { Receipt } from "./outbox/room-queue.ts";
import { secret } from "./outbox/secret.ts";
import { type Outgoing, OutgoingList } from "./outgoing-list.ts";
import { type Presence, type PresenceChange, PresenceSet } from "./presence-set.ts";
import type { Requests } from "./requests.ts";
import { type Schemas, validate } from "./schemas.ts";
import {
  type AnyMessages,
  type Invalid,
  type MessageTypes,
  type RoomMessage,
  Subscription,
  type SubscriptionEvents,
  type SubscriptionHost,
} from "./subscription.ts";
import { Typing } from "./typing.ts";
import type { Value } from "./value.ts";

export interface RoomOptions extends JoinOptions {
  readonly schemas?: Schemas | undefined;
}

export interface RoomEvents<M extends MessageTypes, E extends MessageTypes = AnyMessages>
  extends SubscriptionEvents<M, E> {
  readonly presence: PresenceChange;
}

/** A page of history, ascending. `oldest` and `newest` are the offsets that can be read now. */
export interface HistoryPage<M extends MessageTypes> {
  readonly messages: readonly RoomMessage<M>[];
  /** The messages of the page that their schemas refuse. */
  readonly invalid: readonly Invalid[];
  /** The first offset of the page, including messages that the room's `types` filter out; undefined if it is empty. */
  readonly first: number | undefined;
  readonly epoch: string;
  readonly oldest: number;
  readonly newest: number;
}

export interface HistoryOptions extends Abortable {
  /** The messages right before this offset, or right `after` it; by default the newest. */
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  /** The number of messages, 100 by default and 1,000 at most; a page of large messages holds fewer. */
  readonly limit?: number | undefined;
}

export interface RoomHost extends SubscriptionHost {
  readonly requests: Requests;
  /** @throws as `Room.publish` */
  publish(record: PublishRecord, options: Abortable): Promise<Receipt>;
  /** A message has come. @returns the key of its publish, if this client published it */
  received(room: string, id: string): string | undefined;
  /** The room has received everything up to `position`; undefined: it was left, and no message comes any more. */
  caughtUp(room: string, position: Position | undefined): void;
  /** The user that the server knows this client as, once it is online. */
  user(): string | undefined;
  /** Reports a failure that the application may not await. */
  failed(failed: Failed): void;
  /** Sends an event; without a connection it is lost. */
  event(room: string, type: string, data: Json): void;
}

/** The data that may be sent as `T`; without declared types, any `D` that JSON can hold. */
type Sendable<M extends MessageTypes, T extends keyof M, D> = string extends keyof M
  ? D & JsonCompatible<D>
  : M[T] & JsonCompatible<M[T]>;

/**
 * A room: live messages, history, presence, typing, and publishing.
 *
 * @typeParam M the data that arrives, by message type
 * @typeParam Out the data that may be published, by message type; the same, unless schemas transform it
 * @typeParam E the data of events, by event type
 */
export class Room<
  M extends MessageTypes = AnyMessages,
  Out extends MessageTypes = M,
  E extends MessageTypes = AnyMessages,
> extends Subscription<M, E, RoomEvents<M, E>> {
  declare protected readonly host: RoomHost;
  readonly #presence: PresenceSet;
  readonly #typing: Typing;
  /** @internal */
  readonly outgoingList: OutgoingList;

  /** @internal */
  constructor(name: string, options: RoomOptions, host: RoomHost) {
    super(name, options, host, {
      keyOf: ({ id }) => host.received(name, id) ?? id,
      event: ({ type, from, data }) => {
        if (type === "typing" && from !== host.user()) this.#typing.receive(from, data !== false);
      },
      presence: (frame) => this.emit("presence", this.#presence.apply(frame)),
      away: () => this.#typing.clear(),
    });
    this.#presence = new PresenceSet(host.lifetime);
    this.outgoingList = new OutgoingList(host.lifetime);
    this.#typing = new Typing((isTyping) => this.event("typing", isTyping), host.lifetime);
    this.on("live", () => host.caughtUp(name, this.position));
    this.state.listen(({ status }) => {
      if (status !== "left" && status !== "refused") return;
      this.#presence.clear();
      host.caughtUp(name, undefined);
    });
  }

  /** The position of the last message received; undefined before the first join. */
  get position(): Position | undefined {
    return this.membership.position;
  }

  /** The members, if the room was joined with `presence`. During a break, the last known. */
  get members(): Value<Presence> {
    return this.#presence;
  }

  /** The users who type, without this client's own. */
  get typing(): Value<readonly string[]> {
    return this.#typing;
  }

  /** The publishes of this client whose messages have not come yet, in order: the local echo. */
  get outgoing(): Value<readonly Outgoing<Out>[]> {
    return this.outgoingList as Value<unknown> as Value<readonly Outgoing<Out>[]>; // `publish` takes nothing else
  }

  /**
   * Publishes a message, and resolves once the server has kept it. The client sends it again after every break, in order,
   * and the server keeps it once. It is in `outgoing` until its message comes, or as `failed` if it is refused, so an
   * ignored rejection is no unhandled one. The signal cancels it while it has not been sent.
   *
   * @param options.listKey the `key` in `outgoing`, and of the message, by which a list keeps its place; random by default.
   * It is no idempotency key: the client numbers its publishes, and the server keeps each once
   * @throws {FanfareError} `invalid`, `outbox_full`, `outbox_failed`, `data_too_large`, `other_user`, `closed`, or the
   * server's error
   */
  publish<T extends keyof Out & string, D>(
    type: T,
    data: Sendable<Out, T, D>,
    { listKey = secret(), signal }: Abortable & { readonly listKey?: string | undefined } = {},
  ): Promise<Receipt> {
    return this.#publish(type, data as Json, listKey, { signal });
  }

  /** Publishes a failed publish again, under the same key. @throws as `publish` */
  retry(key: string): Promise<Receipt> {
    const failed = this.#failed(key);
    this.outgoingList.remove(key);
    return this.#publish(failed.type, failed.data, key, {});
  }

  /** Removes a failed publish from `outgoing`. */
  discard(key: string): void {
    this.outgoingList.remove(this.#failed(key).key);
  }

  /**
   * Sends an event to everyone who is in the room now; it is not stored. It is dropped while the room is not live. What the
   * server refuses goes to `client.on("failed", …)`.
   *
   * @throws {FanfareError} `data_too_large`, or `invalid` if JSON cannot hold it
   */
  event<T extends keyof E & string, D>(type: T, data: Sendable<E, T, D>): void;
  /** @internal */
  event(type: string, data: unknown): void;
  event(type: string, data: unknown): void {
    if (this.membership.live) this.host.event(this.name, type, (data ?? null) as Json);
  }

  /** Call it on each keystroke: it sends a typing event every few seconds. `false` ends the typing, and so does a publish. */
  setTyping(isTyping = true): void {
    if (this.membership.live || !isTyping) this.#typing.type(isTyping);
  }

  /**
   * Reads a page of history, of the room's `types` alone. It waits for a connection, and is sent again after a break.
   *
   * @throws {FanfareError} the server's error; the signal's reason
   */
  async history({ signal, ...range }: HistoryOptions = {}): Promise<HistoryPage<M>> {
    this.host.connect();
    const { messages, epoch, oldest, newest } = await this.host.requests.send<HistoryReply>(
      { ...(range as Pick<HistoryRequest, keyof typeof range>), op: "history", room: this.name }, // JSON leaves undefined out
      ANSWERS.history,
      { signal },
    );
    const passing = messages.filter(({ type }) => this.#passes(type));
    const typed = passing.map((message) => this.typed({ room: this.name, ...message }, message.id));
    return {
      messages: typed.filter((each): each is RoomMessage<M> => !("issues" in each)),
      invalid: typed.filter((each): each is Invalid => "issues" in each),
      first: messages[0]?.offset,
      epoch,
      oldest,
      newest,
    };
  }

  /**
   * Reads who is in the room now, without being listed there oneself: the room need not be joined. It waits for a
   * connection, and is sent again after a break.
   *
   * @throws {FanfareError} the server's error; the signal's reason
   */
  async fetchMembers({ signal }: Abortable = {}): Promise<Presence> {
    this.host.connect();
    const { members, count } = await this.host.requests.send<MembersReply>(
      { op: "members", room: this.name },
      ANSWERS.members,
      { signal },
    );
    return members === undefined ? { count } : { members, count };
  }

  /** Reads the history page by page from `before` (or the newest message) to the oldest; each page is ascending. */
  async *backwards(options: Omit<HistoryOptions, "after"> = {}): AsyncGenerator<HistoryPage<M>, undefined> {
    const reasonOf = this.host.lifetime.loop();
    for (let range = options; ; ) {
      const page = await this.history(range).catch((error) => {
        const reason = reasonOf(error);
        if (reason !== undefined) throw reason;
      });
      if (page === undefined) return;
      const { first: before } = page;
      if (before === undefined) return;
      yield page;
      if (before <= page.oldest) return;
      range = { ...options, before };
    }
  }

  /** @internal Whether the message of a publish that was acknowledged is still to come. */
  expects(type: string, { epoch, offset }: Position): boolean {
    const { position } = this;
    const hasCome = position?.epoch === epoch && position.offset >= offset;
    return this.membership.isJoined && this.#passes(type) && !hasCome;
  }

  /** @internal */
  override wake(): void {
    super.wake();
    for (const value of [this.#presence, this.#typing, this.outgoingList]) value.wake();
  }

  #passes(type: string): boolean {
    return this.options.types?.includes(type) ?? true;
  }

  protected override get events(): readonly (keyof RoomEvents<M, E>)[] {
    return [...super.events, "presence"];
  }

  #publish(type: string, data: Json, key: string, options: Abortable): Promise<Receipt> {
    const receipt = this.#validateAndSend(type, data, key, options).catch((cause: unknown) => {
      // What its signal has cancelled is no failure.
      if (!(cause instanceof FanfareError)) throw cause;
      const error = cause.outcome === undefined ? cause.withOutcome("not_kept") : cause;
      this.host.failed({ kind: "publish", room: this.name, type, data, key, error });
      throw error;
    });
    receipt.catch(() => {});
    return receipt;
  }

  async #validateAndSend(type: string, data: Json, key: string, options: Abortable): Promise<Receipt> {
    const { issues } = validate(this.options.schemas, type, data);
    if (issues !== undefined) {
      const [first] = issues;
      throw new FanfareError("invalid", `This is no ${type}: ${first?.message}`, false, { cause: issues });
    }
    this.host.connect();
    this.#typing.type(false);
    // A copy, as JSON carries it: later changes by the caller have no effect.
    const record = {
      room: this.name,
      type,
      key,
      at: Date.now(),
      data: JSON.parse(toJson(data)),
    };
    this.outgoingList.add(record);
    return this.host.publish(record, options);
  }

  #failed(key: string): Outgoing {
    const failed = this.outgoingList.value.find((each) => each.key === key && each.status === "failed");
    if (failed === undefined) throw new TypeError(`No publish ${key} has failed in ${this.name}.`);
    return failed;
  }
}

/** The part of a room that does not depend on its message types, for functions that accept any room. */
export type AnyRoom = Pick<
  Room,
  | "name"
  | "state"
  | "position"
  | "members"
  | "typing"
  | "join"
  | "leave"
  | "event"
  | "setTyping"
  | "retry"
  | "discard"
>;

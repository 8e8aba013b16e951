import type { HistoryReply, HistoryRequest, Json, Position } from "@fanfare/protocol";
import { FanfareError } from "./errors.ts";
import { ANSWERS } from "./frames.ts";
import type { JsonCompatible } from "./json-compatible.ts";
import type { JoinOptions } from "./membership.ts";
import type { Draft, Outgoing, Receipt } from "./outbox/queue.ts";
import { secret } from "./outbox/secret.ts";
import { OutgoingList } from "./outgoing-list.ts";
import { type Presence, type PresenceChange, PresenceSet } from "./presence.ts";
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
import type { Abortable, Value } from "./value.ts";

export interface RoomOptions extends JoinOptions {
  readonly schemas?: Schemas | undefined;
}

export interface RoomEvents<M extends MessageTypes> extends SubscriptionEvents<M> {
  readonly presence: PresenceChange;
}

/** Ascending. `oldest` and `newest` are the offsets that can be read now. */
export interface HistoryPage<M extends MessageTypes> {
  readonly messages: readonly RoomMessage<M>[];
  /** Messages of the page that their schemas refuse. */
  readonly invalid: readonly Invalid[];
  /** Where it begins, what the room's `types` leave out included; undefined if there is nothing. */
  readonly first: number | undefined;
  readonly epoch: string;
  readonly oldest: number;
  readonly newest: number;
}

export interface HistoryOptions extends Abortable {
  /** The messages right before this offset, or right after it; the newest ones where both are left out. */
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  /** Messages at most, 1,000 at most; 100 where it is left out. A page may hold fewer where they are large. */
  readonly limit?: number | undefined;
}

export interface RoomHost extends SubscriptionHost {
  readonly requests: Requests;
  /** @throws as `Room.publish` */
  publish(draft: Draft, options: Abortable): Promise<Receipt>;
  /** A message has come. @returns the key of the publish that it is, if it is one of ours */
  arrived(room: string, id: string): string | undefined;
  /** Everything up to here has been told; undefined: it was left, and nothing comes any more. */
  reached(room: string, position: Position | undefined): void;
  /** The name the server knows this client by, while it is online. */
  user(): string | undefined;
  /** Ephemeral: lost where there is no connection. */
  event(room: string, type: string, data: Json): void;
}

/** What an application may publish as `T`; into a room that nobody has described, anything that JSON can tell. */
type DataOf<M extends MessageTypes, T extends keyof M> = string extends keyof M ? unknown : M[T];

/**
 * A room: its messages live and from the past, who is there, who types, and publishing into it.
 *
 * @typeParam M what arrives: the data of each type of message
 * @typeParam Out what may be published; the same, unless schemas transform it
 */
export class Room<M extends MessageTypes = AnyMessages, Out extends MessageTypes = M> extends Subscription<
  M,
  RoomEvents<M>
> {
  readonly #host: RoomHost;
  readonly #presence = new PresenceSet();
  readonly #typing: Typing;
  /** @internal */
  readonly echo = new OutgoingList();

  /** @internal */
  constructor(name: string, options: RoomOptions, host: RoomHost) {
    super(name, options, host, {
      keyOf: ({ id }) => host.arrived(name, id) ?? id,
      event: ({ type, from, data }) => {
        if (type === "typing" && from !== host.user()) this.#typing.hear(from, data !== false);
      },
      presence: (frame) => this.tell("presence", this.#presence.take(frame)),
      away: () => this.#typing.clear(),
    });
    this.#host = host;
    this.#typing = new Typing((isTyping) => this.event("typing", isTyping));
    this.on("live", () => host.reached(name, this.position));
    this.state.subscribe(({ status }) => {
      if (status !== "left" && status !== "refused") return;
      this.#presence.clear();
      host.reached(name, undefined);
    });
  }

  /** Everything up to here has been told; undefined before the first time. */
  get position(): Position | undefined {
    return this.membership.position;
  }

  /** Who is there, where it was joined with `presence`. During a break, who was. */
  get members(): Value<Presence> {
    return this.#presence.value;
  }

  /** The names of those who type, without oneself. */
  get typing(): Value<readonly string[]> {
    return this.#typing.users;
  }

  /** What was published here and has not come back yet, in order: the local echo. */
  get outgoing(): Value<readonly Outgoing<Out>[]> {
    return this.echo as Value<unknown> as Value<readonly Outgoing<Out>[]>; // `publish` takes nothing else
  }

  /**
   * Resolves once the server has kept it. It is sent again after every break until then, in order, and kept once; it
   * is in `outgoing` until its message comes. Where it is refused, `outgoing` says so as well, so a rejection that
   * nobody looks at is not an unhandled one. The signal takes it back while it has not been sent.
   *
   * @param options.key what `outgoing` and the message carry; a random one where it is left out
   * @throws {FanfareError} `invalid`, `outbox_full`, `outbox_failed`, `data_too_large`, `other_user`, `closed`, or what
   * the server refused
   */
  publish<T extends keyof Out & string, D extends DataOf<Out, T>>(
    type: T,
    data: D & JsonCompatible<D>,
    { key = secret(), signal }: Abortable & { readonly key?: string | undefined } = {},
  ): Promise<Receipt> {
    const receipt = this.#publish(type, data as Json, key, { signal });
    receipt.catch(() => {});
    return receipt;
  }

  /** Publishes what was refused once more, under the same key. @throws as `publish` */
  retry(key: string): Promise<Receipt> {
    const failed = this.#failed(key);
    this.echo.remove(key);
    const receipt = this.#publish(failed.type, failed.data, key, {});
    receipt.catch(() => {});
    return receipt;
  }

  /** Takes what was refused off `outgoing`. */
  discard(key: string): void {
    this.echo.remove(this.#failed(key).key);
  }

  /** Told to everyone who is in the room now, and forgotten. Dropped while the room is not live. */
  event<D>(type: string, data: D & JsonCompatible<D>): void {
    if (this.membership.live) this.#host.event(this.name, type, data as Json);
  }

  /** Call it on each keystroke: it says so every few seconds. `false` ends it, and so does a publish. */
  setTyping(isTyping = true): void {
    if (this.membership.live || !isTyping) this.#typing.set(isTyping);
  }

  /**
   * A page of the past, of the room's `types` alone. Waits for a connection; asked again where it breaks.
   *
   * @throws {FanfareError} what the server refused; the signal's reason
   */
  async history({ signal, ...range }: HistoryOptions = {}): Promise<HistoryPage<M>> {
    this.#host.wanted();
    const { messages, epoch, oldest, newest } = await this.#host.requests.ask<HistoryReply>(
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

  /** The past, page by page from `before` (or the newest message) to the oldest that is kept; each page ascending. */
  async *backwards(options: Omit<HistoryOptions, "after"> = {}): AsyncGenerator<HistoryPage<M>, undefined> {
    for (let range = options; ; ) {
      const page = await this.history(range);
      const { first: before } = page;
      if (before === undefined) return;
      yield page;
      if (before <= page.oldest) return;
      range = { ...options, before };
    }
  }

  /** @internal Whether the message of a publish that was kept is still to come. */
  expects(type: string, { epoch, offset }: Position): boolean {
    const { position } = this;
    const hasCome = position?.epoch === epoch && position.offset >= offset;
    return this.membership.wanted && this.#passes(type) && !hasCome;
  }

  #passes(type: string): boolean {
    return this.options.types?.includes(type) ?? true;
  }

  protected override get events(): readonly (keyof RoomEvents<M>)[] {
    return [...super.events, "presence"];
  }

  async #publish(type: string, data: Json, key: string, options: Abortable): Promise<Receipt> {
    const { issues } = validate(this.options.schemas, type, data);
    if (issues !== undefined) {
      const [first] = issues;
      throw new FanfareError("invalid", `This is no ${type}: ${first?.message}`, false, { cause: issues });
    }
    this.#host.wanted();
    this.#typing.set(false);
    // As it will be told: what the caller changes later is not meant.
    const draft = {
      room: this.name,
      type,
      key,
      at: Date.now(),
      data: JSON.parse(JSON.stringify(data) ?? "null"),
    };
    this.echo.add(draft);
    return this.#host.publish(draft, options);
  }

  #failed(key: string): Outgoing {
    const failed = this.echo.value.find((each) => each.key === key && each.status === "failed");
    if (failed === undefined)
      throw new TypeError(`No publish with the key ${key} was refused in ${this.name}.`);
    return failed;
  }
}

/** As much of a room as does not depend on its messages: for functions that take any room. */
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

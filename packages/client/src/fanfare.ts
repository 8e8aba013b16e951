import type { Backoff } from "@fanfare/protocol";
import type { Connection } from "./connection.ts";
import { FanfareError } from "./errors.ts";
import type { RoomFrame } from "./frames.ts";
import { Lifetime } from "./lifetime.ts";
import { type Abortable, Listeners } from "./listeners.ts";
import { onWake } from "./on-wake.ts";
import type {
  ClientEvents,
  CloseOptions,
  CloseResult,
  Failed,
  FanfareOptions,
  Lost,
  Token,
} from "./options.ts";
import type { OutboxState } from "./outbox/outbox.ts";
import type { OutboxStore } from "./outbox/outbox-store.ts";
import { Outboxes } from "./outbox/outboxes.ts";
import { Pattern, type PatternOptions } from "./pattern.ts";
import { type ConnectionState, type Greeting, Reconnector } from "./reconnector.ts";
import { Requests } from "./requests.ts";
import { Room, type RoomHost, type RoomOptions } from "./room.ts";
import type { Input, Output, Schemas } from "./schemas.ts";
import type { AnyMessages, MessageTypes, SubscriptionOptions } from "./subscription.ts";
import { type Value, WritableValue } from "./value.ts";

export const VERSION = "0.1.0";

/** A client of one server: one connection, many rooms. It connects when it is first needed. */
export class Fanfare {
  readonly #options: FanfareOptions;
  readonly #reconnector: Reconnector;
  readonly #host: RoomHost;
  /** Rooms and patterns by name; a pattern ends with `*`. */
  readonly #subscriptions = new Map<string, Room | Pattern>();
  readonly #lifetime: Lifetime;
  readonly #outboxState: WritableValue<OutboxState>;
  readonly #failed: Listeners<Failed>;
  readonly #lost: Listeners<Lost>;
  readonly #backoff: Backoff;
  /** Stops `onWake`, while it runs. */
  #stopWaking: (() => void) | undefined;
  /** Set from when the outboxes begin to open. */
  #opening: Promise<Outboxes> | undefined;
  #outboxes: Outboxes | undefined;
  #greeting: Greeting | undefined;
  #closing: Promise<CloseResult> | undefined;
  /** Aborted when `close` waits no longer. */
  readonly #flushEnd = new AbortController();
  /** The name that the server gave a guest who gave none; the same on every connection. */
  #guest: string | undefined;

  /** @param url of the server, `http:` or `ws:`; without a path `/ws` is used */
  constructor(url: string | URL, options: FanfareOptions = {}) {
    this.#options = options;
    const lifetime = new Lifetime(options.onError);
    this.#lifetime = lifetime;
    this.#failed = new Listeners(lifetime.report);
    this.#lost = new Listeners(lifetime.report);
    if (options.onLost !== undefined) this.#lost.add(options.onLost);
    this.#outboxState = new WritableValue<OutboxState>({ pending: 0, bytes: 0, durable: false }, lifetime);
    const { token, WebSocket, heartbeat = 15_000, connectTimeout = 10_000, backoff } = options;
    this.#backoff = { min: backoff?.min ?? 250, max: backoff?.max ?? 30_000 };
    this.#reconnector = new Reconnector(
      {
        url,
        WebSocket,
        backoff: this.#backoff,
        heartbeat,
        connectTimeout,
        hello: (signal) => this.#hello(signal),
        refresh: typeof token === "function" ? (signal) => getToken(token, signal) : undefined,
      },
      {
        onOnline: (connection, greeting) => this.#onOnline(connection, greeting),
        onOffline: () => {
          for (const { membership } of this.#subscriptions.values()) membership.onOffline();
          this.#outboxes?.own.onOffline();
        },
        onClosed: (error) => {
          this.#stopWaking?.();
          this.#stopWaking = undefined;
          for (const subscription of this.#subscriptions.values()) {
            subscription.membership.suspend(error);
            subscription.wake();
          }
          if (!lifetime.ended) this.#outboxes?.own.suspend(error);
          this.#outboxState.wake(); // `flush` checks the connection again
        },
        onPush: (frame) => this.#onPush(frame),
      },
      lifetime,
    );
    this.#host = {
      lifetime,
      requests: new Requests(this.#reconnector),
      connect: () => this.#start(),
      connection: () => this.#reconnector.connection,
      user: () => this.#greeting?.user,
      failed: (failed) => this.#failed.emit(failed),
      event: (room, type, data) =>
        this.#reconnector.connection?.sendAndForget({ op: "event", room, type, data }, (error) =>
          this.#failed.emit({ kind: "event", room, type, data, error }),
        ),
      publish: async (record, how) => {
        const { own } = await this.#openOutboxes();
        const receipt = own.add(record, how);
        const { closedBy } = this.#reconnector;
        if (closedBy !== undefined) own.suspend(closedBy); // closed while the outbox was being opened
        return receipt;
      },
      received: (room, id) => this.#outboxes?.received(room, id),
      caughtUp: (room, position) => this.#outboxes?.localEcho.caughtUp(room, position),
    };
  }

  /**
   * Adds a listener for failures that may not be awaited anywhere.
   *
   * @returns removes the listener; so does the signal
   * @throws {TypeError} if there is no such event
   */
  on<E extends keyof ClientEvents>(
    event: E,
    listener: (payload: ClientEvents[E]) => void,
    options?: Abortable,
  ): () => void {
    if (event !== "failed") throw new TypeError(`No event ${event}; there is failed.`);
    return this.#failed.add(listener, options);
  }

  /** As `on`, for the next one alone. */
  once<E extends keyof ClientEvents>(
    event: E,
    listener: (payload: ClientEvents[E]) => void,
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

  get state(): Value<ConnectionState> {
    return this.#reconnector.state;
  }

  get outbox(): Value<OutboxState> {
    return this.#outboxState;
  }

  /**
   * Gives the room of that name, without joining it. The same name gives the same room; it is joined with the options that
   * were given last.
   *
   * @throws {TypeError} if it is joined already, with other options; if the name is a pattern
   */
  room<S extends Schemas>(
    name: string,
    options: RoomOptions & { readonly schemas: S },
  ): Room<Output<S>, Input<S>>;
  room<M extends MessageTypes = AnyMessages, E extends MessageTypes = AnyMessages>(
    name: string,
    options?: RoomOptions,
  ): Room<M, M, E>;
  room(name: string, options?: RoomOptions): Room {
    if (name.endsWith("*")) throw new TypeError(`${name} is a pattern: use pattern().`);
    return this.#findOrOpen(name, options, (known) => {
      const room = new Room(known, options ?? {}, this.#host);
      for (const record of this.#outboxes?.own.waitingIn(known) ?? []) room.outgoingList.add(record, true);
      return room;
    });
  }

  /** Gives all rooms whose names begin alike: `orders.*`, or `*`. @throws {TypeError} as `room` */
  pattern<S extends Schemas>(
    pattern: string,
    options: PatternOptions & { readonly schemas: S },
  ): Pattern<Output<S>>;
  pattern<M extends MessageTypes = AnyMessages, E extends MessageTypes = AnyMessages>(
    pattern: string,
    options?: PatternOptions,
  ): Pattern<M, E>;
  pattern(pattern: string, options?: PatternOptions): Pattern {
    if (!pattern.endsWith("*")) throw new TypeError(`${pattern} does not end with a *.`);
    return this.#findOrOpen(pattern, options, (known) => new Pattern(known, options ?? {}, this.#host));
  }

  /**
   * Connects, and resolves once it is online. Joining and publishing connect, too. After `disconnect`, or after the server
   * refused the client, joined rooms resume from their positions.
   *
   * @throws {FanfareError} the server's error; `closed`, if the server closes the connection for good, or this client does;
   * `no_websocket`, `invalid_url`; the signal's reason
   */
  async connect(options: Abortable = {}): Promise<void> {
    this.#start();
    await this.#reconnector.online(options);
  }

  /** Waits until the outbox is empty. @throws as `connect` */
  async flush(options: Abortable = {}): Promise<void> {
    this.#reconnector.assertOpen();
    await this.#openOutboxes();
    if (this.#outboxState.value.pending > 0) this.#reconnector.start();
    await this.#flushed(options);
  }

  /**
   * Replaces the present connection by a new one at once, so that the browser sends the present cookies. Rooms resume from
   * their positions. It does nothing while there is no connection.
   */
  reconnect(): void {
    this.#reconnector.reconnect();
  }

  /**
   * Closes the connection until `connect`, a join or a publish opens it again. Publishes stay in the outbox. Joined rooms
   * become `refused` with `closed`; waiting joins and requests are rejected with `closed`.
   */
  disconnect(): void {
    this.#reconnector.disconnect();
  }

  /**
   * Closes the client for good. It sends the publishes in the outbox first, for up to 5 s, unless the client is closed or
   * disconnected. Then waiting joins, requests and publishes are rejected with `closed`, and loops end. What is left in a
   * durable outbox is sent by the next client that opens it. It never rejects.
   */
  close({ flush = 5_000 }: CloseOptions = {}): Promise<CloseResult> {
    this.#lifetime.closing = true;
    const timer = setTimeout(() => this.#flushEnd.abort(), flush);
    if (flush <= 0) this.#flushEnd.abort();
    this.#closing ??= this.#end();
    return this.#closing.finally(() => clearTimeout(timer));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #end(): Promise<CloseResult> {
    const opening = this.#opening?.catch(() => undefined);
    const { signal } = this.#flushEnd;
    const before = this.#outboxes?.own.kept ?? 0;
    if (!signal.aborted) {
      await opening;
      await this.#flushed({ signal }).catch(() => {});
    }
    this.#reconnector.end();
    this.#stopWaking?.();
    const outboxes = await opening;
    const { pending } = this.#outboxState.value;
    await outboxes?.close().catch(this.#lifetime.report);
    return { kept: (outboxes?.own.kept ?? 0) - before, pending };
  }

  async #flushed(options: Abortable): Promise<void> {
    await this.#outboxState.until(({ pending }) => {
      const { closedBy } = this.#reconnector;
      if (pending > 0 && closedBy !== undefined) throw closedBy;
      return pending === 0;
    }, options);
  }

  /** Connects, and opens a durable outbox, so that its publishes show in the local echo before the client is online. */
  #start(): void {
    this.#reconnector.start();
    this.#stopWaking ??= onWake(() => {
      this.#reconnector.wake();
      void this.#outboxes?.tabs?.recover();
    });
    if (this.#store !== undefined) void this.#openOutboxes().catch(() => {});
  }

  async #hello(signal: AbortSignal) {
    const { user, token: given, client = { name: "@fanfare/client", version: VERSION } } = this.#options;
    const token = typeof given === "function" ? await getToken(given, signal) : given;
    // JSON leaves undefined out.
    return { client, token, user: user ?? (token === undefined ? this.#guest : undefined) };
  }

  #onOnline(connection: Connection, greeting: Greeting): void {
    this.#greeting = greeting;
    this.#guest ??= greeting.user;
    this.#sendOutboxes(connection, greeting);
    for (const { membership } of this.#subscriptions.values()) membership.onOnline();
  }

  #sendOutboxes(connection: Connection, greeting: Greeting): void {
    this.#outboxes?.own.onOnline(connection, greeting);
    void this.#outboxes?.tabs?.recover();
  }

  #onPush(frame: RoomFrame): void {
    const name = "pattern" in frame && frame.pattern !== undefined ? frame.pattern : frame.room;
    this.#subscriptions.get(name)?.membership.receive(frame);
  }

  #findRoom(name: string): Room | undefined {
    return this.#subscriptions.get(name) as Room | undefined; // no room ends with *
  }

  #findOrOpen<S extends Room | Pattern>(
    given: string,
    options: SubscriptionOptions | undefined,
    open: (name: string) => S,
  ): S {
    const name = given.normalize("NFC");
    const found = (this.#subscriptions.get(name) as S | undefined) ?? open(name); // of its kind, by its *
    this.#subscriptions.set(name, found);
    if (options !== undefined) {
      if (!found.membership.isJoined) found.options = options;
      else if (keyOf(options) !== keyOf(found.options)) {
        throw new TypeError(`${name} is joined already, with other options.`);
      }
    }
    return found;
  }

  /** Opens the outboxes on first use; a client that only listens, and has no store, has none. */
  #openOutboxes(): Promise<Outboxes> {
    this.#opening ??= this.#createOutboxes();
    return this.#opening;
  }

  async #createOutboxes(): Promise<Outboxes> {
    const { outboxLimits: bounds, user, token } = this.#options;
    const { url } = this.#reconnector;
    const outboxes = await Outboxes.open({
      store: this.#store,
      bounds,
      name: JSON.stringify([url, user ?? null]),
      openOrphan: (outbox) => new Fanfare(url, { ...this.#options, outbox }),
      backoff: this.#backoff,
      report: this.#lifetime.report,
      state: this.#outboxState,
      onLost: (lost) => {
        this.#failed.emit({ kind: "publish", ...lost });
        this.#lost.emit(lost);
      },
      room: (name) => this.#findRoom(name),
    });
    this.#outboxes = outboxes;
    const { connection } = this.#reconnector;
    const { owner } = outboxes.own;
    if (user === undefined && token === undefined && owner !== undefined) this.#guest = owner;
    const greeting = this.#greeting;
    if (connection !== undefined && greeting !== undefined) {
      if (this.#guest === greeting.user || this.#guest === undefined)
        this.#sendOutboxes(connection, greeting);
      else connection.terminate("another guest name");
    }
    return outboxes;
  }

  /** Where publishes are stored; undefined: in memory. Web Locks exist in secure contexts alone. */
  get #store(): OutboxStore | "tabs" | undefined {
    const { outbox = "auto" } = this.#options;
    if (outbox !== "auto") return outbox === "memory" ? undefined : outbox;
    return "indexedDB" in globalThis && globalThis.navigator?.locks !== undefined ? "tabs" : undefined;
  }
}

/** @throws {FanfareError} `token_failed` */
async function getToken(given: Token & object, signal: AbortSignal): Promise<string> {
  try {
    const token: unknown = await given({ signal });
    if (typeof token !== "string" || token === "") throw new Error("The token function gave no token.");
    return token;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new FanfareError("token_failed", message, true, { cause });
  }
}

/** Equal for options that join alike. */
function keyOf({ history, presence, types, schemas }: SubscriptionOptions): string {
  return JSON.stringify([history, presence, types, Object.keys(schemas ?? {})]);
}

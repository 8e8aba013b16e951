import type { Backoff } from "@fanfare/protocol";
import type { Connection } from "./connection.ts";
import { FanfareError } from "./errors.ts";
import type { RoomFrame } from "./frames.ts";
import { type ConnectionState, type Greeting, Link } from "./link.ts";
import type { FanfareOptions } from "./options.ts";
import type { OutboxState } from "./outbox/outbox.ts";
import type { Outboxes } from "./outbox/outboxes.ts";
import type { OutboxStore } from "./outbox/store.ts";
import { Pattern, type PatternOptions } from "./pattern.ts";
import { Requests } from "./requests.ts";
import { Room, type RoomHost, type RoomOptions } from "./room.ts";
import type { Input, Output, Schemas } from "./schemas.ts";
import type { AnyMessages, MessageTypes, SubscriptionOptions } from "./subscription.ts";
import { type Abortable, Cell, type Value } from "./value.ts";
import { onWake } from "./wake.ts";

export const VERSION = "0.1.0";

/** A client of one server: one connection, many rooms. Connects when it is first needed. */
export class Fanfare {
  readonly #options: FanfareOptions;
  readonly #link: Link;
  readonly #host: RoomHost;
  readonly #rooms = new Map<string, Room>();
  readonly #patterns = new Map<string, Pattern>();
  readonly #outboxState = new Cell<OutboxState>(
    { pending: 0, bytes: 0, durable: false },
    () => this.#link.ended,
  );
  readonly #backoff: Backoff;
  /** Stops listening for good moments, while it does. */
  #sleep: (() => void) | undefined;
  /** While it is loaded, and after. */
  #opening: Promise<Outboxes> | undefined;
  #outboxes: Outboxes | undefined;
  #greeting: Greeting | undefined;
  /** What a guest who gave no name is called, on each connection the same. */
  #guest: string | undefined;

  /** @param url of the server, `http:` or `ws:`; where it has no path, `/ws` is meant */
  constructor(url: string | URL, options: FanfareOptions = {}) {
    this.#options = options;
    const { token, WebSocket, heartbeat = 15_000, connectTimeout = 10_000, backoff } = options;
    this.#backoff = { min: backoff?.min ?? 250, max: backoff?.max ?? 30_000 };
    this.#link = new Link(
      {
        url,
        WebSocket,
        backoff: this.#backoff,
        heartbeat,
        connectTimeout,
        greet: (signal) => this.#greet(signal),
        refresh: typeof token === "function" ? async (signal) => token({ signal }) : undefined,
      },
      {
        online: (connection, greeting) => this.#online(connection, greeting),
        offline: () => {
          for (const { membership } of this.#subscriptions()) membership.offline();
          this.#outboxes?.own.offline();
        },
        closed: (error) => {
          this.#sleep?.();
          this.#sleep = undefined;
          for (const { membership } of this.#subscriptions()) membership.suspend(error);
          this.#outboxState.set({ ...this.#outboxState.value }); // whoever flushes looks again
        },
        told: (frame) => this.#told(frame),
      },
    );
    this.#host = {
      requests: new Requests(this.#link),
      wanted: () => this.#start(),
      connection: () => this.#link.connection,
      user: () => this.#greeting?.user,
      event: (room, type, data) => this.#link.connection?.mention({ op: "event", room, type, data }),
      publish: async (draft, how) => {
        try {
          return (await this.#openOutboxes()).own.add(draft, how);
        } catch (error) {
          this.#rooms.get(draft.room)?.echo.change(draft.key, {
            status: "failed",
            error: error as FanfareError,
          });
          throw error;
        }
      },
      arrived: (room, id) => this.#outboxes?.arrived(room, id),
      reached: (room, position) => this.#outboxes?.reached(room, position),
    };
  }

  get state(): Value<ConnectionState> {
    return this.#link.state;
  }

  get outbox(): Value<OutboxState> {
    return this.#outboxState;
  }

  /**
   * A room of this server; not joined by this alone. The same name gives the same room. It is joined with the options
   * that were given last.
   *
   * @throws {TypeError} if it is joined already, with other options
   */
  room<S extends Schemas>(
    name: string,
    options: RoomOptions & { readonly schemas: S },
  ): Room<Output<S>, Input<S>>;
  room<M extends MessageTypes = AnyMessages>(name: string, options?: RoomOptions): Room<M>;
  room(name: string, options?: RoomOptions): Room {
    return findOrOpen(this.#rooms, name, options, (known) => {
      const room = new Room(known, options ?? {}, this.#host);
      for (const draft of this.#outboxes?.own.waitingIn(known) ?? []) room.echo.add(draft);
      return room;
    });
  }

  /** All rooms whose names begin alike: `orders.*`, or `*`. @throws {TypeError} as `room` */
  pattern<S extends Schemas>(
    pattern: string,
    options: PatternOptions & { readonly schemas: S },
  ): Pattern<Output<S>>;
  pattern<M extends MessageTypes = AnyMessages>(pattern: string, options?: PatternOptions): Pattern<M>;
  pattern(pattern: string, options?: PatternOptions): Pattern {
    if (!pattern.endsWith("*")) throw new TypeError(`${pattern} does not end with a *.`);
    return findOrOpen(
      this.#patterns,
      pattern,
      options,
      (known) => new Pattern(known, options ?? {}, this.#host),
    );
  }

  /**
   * Joining and publishing connect by themselves. After `disconnect`, or when it was turned away, rooms go on from where
   * they were.
   *
   * @throws {FanfareError} `closed`, if it is turned away, or there is no WebSocket, or no such address; the signal's reason
   */
  async connect(options: Abortable = {}): Promise<void> {
    this.#start();
    await this.#link.online(options);
  }

  /** Waits until nothing is left in the outbox. @throws as `connect` */
  async flush(options: Abortable = {}): Promise<void> {
    this.#link.assertOpen();
    await this.#openOutboxes();
    if (this.#outboxState.value.pending > 0) this.#link.start();
    await this.#outboxState.until(({ pending }) => {
      const { value } = this.#link.state;
      if (pending > 0 && value.status === "closed") throw new FanfareError("closed", value.reason.message);
      return pending === 0;
    }, options);
  }

  /**
   * Another connection in place of the present one, at once, for when a cookie that the browser sends along says something
   * new. Rooms go on from where they were. Nothing happens where there is none at the moment.
   */
  reconnect(): void {
    this.#link.reconnect();
  }

  /**
   * Ends the connection until `connect`, or until something else needs one. What waits stays in the outbox; joined rooms
   * are `refused` with `closed`, and so is whoever waits for a join or an answer.
   */
  disconnect(): void {
    this.#link.disconnect();
  }

  /**
   * Ends it for good: see `disconnect` for less. Whoever waits for a join, an answer or an acknowledgement gets an error with code `closed`; what
   * a durable outbox holds is sent by the next client that opens it.
   */
  async close(): Promise<void> {
    this.#link.end();
    await (await this.#opening?.catch(() => undefined))?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Connects, and finds what an earlier page left behind: its local echo is there before a server is. */
  #start(): void {
    this.#link.start();
    this.#sleep ??= onWake(() => {
      this.#link.wake();
      void this.#outboxes?.salvage();
    });
    if (this.#store !== undefined) void this.#openOutboxes().catch(() => {});
    // A bundler makes a file of its own of it, which cannot be had any more when the first publish is made offline.
    else void loadOutboxes().catch(() => {});
  }

  async #greet(signal: AbortSignal) {
    const { user, token: given, client = { name: "@fanfare/client", version: VERSION } } = this.#options;
    const token = typeof given === "function" ? await given({ signal }) : given;
    const name = user ?? (token === undefined ? this.#guest : undefined);
    return { client, ...(name !== undefined && { user: name }), ...(token !== undefined && { token }) };
  }

  #online(connection: Connection, greeting: Greeting): void {
    this.#greeting = greeting;
    this.#guest ??= greeting.user;
    this.#outboxes?.own.online(connection, greeting);
    for (const { membership } of this.#subscriptions()) membership.online();
    void this.#outboxes?.salvage();
  }

  #told(frame: RoomFrame): void {
    const name = "pattern" in frame && frame.pattern !== undefined ? frame.pattern : frame.room;
    const found = (name.endsWith("*") ? this.#patterns : this.#rooms).get(name);
    found?.membership.take(frame);
  }

  *#subscriptions(): Generator<Room | Pattern> {
    yield* this.#rooms.values();
    yield* this.#patterns.values();
  }

  /** Loaded when they are first needed: who listens alone does without. */
  #openOutboxes(): Promise<Outboxes> {
    this.#opening ??= this.#loadOutboxes().catch((cause) => {
      this.#opening = undefined;
      throw new FanfareError("outbox_failed", "The outbox cannot be opened.", true, { cause });
    });
    return this.#opening;
  }

  async #loadOutboxes(): Promise<Outboxes> {
    const { outboxLimits: bounds, user, token } = this.#options;
    const { url } = this.#link;
    const { Outboxes } = await loadOutboxes();
    const outboxes = await Outboxes.open({
      store: this.#store,
      bounds,
      name: JSON.stringify([url, user ?? null]),
      inherit: (outbox) => new Fanfare(url, { ...this.#options, outbox }),
      backoff: this.#backoff,
      state: this.#outboxState,
      onLost: this.#options.onLost,
      room: (name) => this.#rooms.get(name),
    });
    this.#outboxes = outboxes;
    const { connection } = this.#link;
    const { owner } = outboxes.own;
    if (user === undefined && token === undefined && owner !== undefined) this.#guest = owner;
    if (connection === undefined || this.#greeting === undefined) return outboxes;
    if (this.#guest !== undefined && this.#guest !== this.#greeting.user) {
      connection.cut("going by another name");
    } else {
      outboxes.own.online(connection, this.#greeting);
      void outboxes.salvage();
    }
    return outboxes;
  }

  /** Where publishes outlive the program, if they do. Locks are there in secure contexts alone. */
  get #store(): OutboxStore | "tabs" | undefined {
    const { outbox = "auto" } = this.#options;
    if (outbox === "memory") return undefined;
    if (outbox !== "auto") return outbox;
    return "indexedDB" in globalThis && globalThis.navigator?.locks !== undefined ? "tabs" : undefined;
  }
}

function loadOutboxes() {
  return import("./outbox/outboxes.ts");
}

function findOrOpen<S extends Room | Pattern>(
  opened: Map<string, S>,
  given: string,
  options: SubscriptionOptions | undefined,
  open: (name: string) => S,
): S {
  const name = given.normalize("NFC");
  const found = opened.get(name) ?? open(name);
  opened.set(name, found);
  if (options !== undefined) {
    if (!found.membership.wanted) found.options = options;
    else if (told(options) !== told(found.options)) {
      throw new TypeError(`${name} is joined already, with other options.`);
    }
  }
  return found;
}

function told({ history, presence, types, schemas }: SubscriptionOptions): string {
  return JSON.stringify([history, presence, types, Object.keys(schemas ?? {})]);
}

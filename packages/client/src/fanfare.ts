import type { Backoff } from "./backoff.ts";
import type { Connection, WebSocketConstructor } from "./connection.ts";
import { FanfareError } from "./errors.ts";
import type { RoomFrame } from "./frames.ts";
import { type ConnectionState, type Greeting, Link } from "./link.ts";
import type { Membership } from "./membership.ts";
import { Outbox, type OutboxState } from "./outbox/outbox.ts";
import { MemoryStore, type OutboxStore } from "./outbox/store.ts";
import type { TabOutboxes } from "./outbox/tab-outboxes.ts";
import { Pattern, type PatternOptions } from "./pattern.ts";
import { Requests } from "./requests.ts";
import { Room, type RoomHost, type RoomOptions } from "./room.ts";
import type { Input, Output, Schemas } from "./schemas.ts";
import type { AnyMessages, MessageTypes } from "./subscription.ts";
import type { Abortable, Value } from "./value.ts";
import { onWake } from "./wake.ts";

/** Proves who the user is: a text, or what gets one, asked anew for each connection and before one ends. */
export type Token = string | ((context: { readonly signal: AbortSignal }) => string | Promise<string>);

export interface FanfareOptions {
  /** A guest's name; the server picks one where it is left out. */
  readonly user?: string;
  readonly token?: Token;
  /** The platform's, where it is left out: browsers, Deno, Bun and Node from 22 on have one. */
  readonly WebSocket?: WebSocketConstructor;
  /**
   * Where publishes wait for their acknowledgement. `auto`: in IndexedDB, where the page is a secure context, and so
   * over reloads; else in memory.
   */
  readonly outbox?: "auto" | "memory" | OutboxStore;
  /** Publishes that may wait: 1,000, and 8 MiB. What is more is refused with `outbox_full`. */
  readonly outboxLimits?: { readonly entries?: number; readonly bytes?: number };
  /** Ms before a connection is tried again, drawn from 0 to a bound that doubles from `min` (250) to `max` (30,000). */
  readonly backoff?: Partial<Backoff>;
  /** Ms without a word before the server is asked for one (15,000); after twice as long the connection is given up. */
  readonly heartbeat?: number;
  /** Ms for a connection and its hello (10,000). */
  readonly connectTimeout?: number;
  /** What the server may log about this program. */
  readonly client?: { readonly name: string; readonly version: string };
}

const ENTRIES = 1_000;
const BYTES = 8 * 1024 * 1024;
export const VERSION = "0.1.0";

/** A client of one server: one connection, many rooms. Connects when it is first needed. */
export class Fanfare {
  readonly #link: Link;
  readonly #outbox: Outbox;
  readonly #requests = new Requests();
  readonly #rooms = new Map<string, Opened<Room>>();
  readonly #patterns = new Map<string, Opened<Pattern>>();
  readonly #host: RoomHost;
  /** Of its outbox in the browser: by server and user, so that nobody publishes what somebody else wrote. */
  readonly #outboxName: string;
  readonly #options: FanfareOptions;
  readonly #sleep: () => void;
  #salvaging = false;
  #heir: Fanfare | undefined;

  /** @param url of the server, `http:` or `ws:`; where it has no path, `/ws` is meant */
  constructor(url: string | URL, options: FanfareOptions = {}) {
    const { WebSocket = globalThis.WebSocket as WebSocketConstructor | undefined } = options;
    if (WebSocket === undefined) {
      throw new TypeError(
        "This platform has no WebSocket: pass one in as the option WebSocket (npm install ws).",
      );
    }
    const address = addressOf(url);
    const backoff = { min: 250, max: 30_000, ...options.backoff };
    this.#options = options;
    this.#outboxName = JSON.stringify([address, options.user ?? null]);
    this.#outbox = new Outbox(
      () => this.#openStore(),
      { entries: ENTRIES, bytes: BYTES, ...options.outboxLimits },
      backoff,
      {
        added: (draft) => this.#rooms.get(draft.room)?.subscription.progress.added(draft),
        kept: (draft, ...how) => this.#rooms.get(draft.room)?.subscription.progress.kept(draft, ...how),
        refused: (draft, error) => this.#rooms.get(draft.room)?.subscription.progress.refused(draft, error),
        renewed: () => this.#link.cut("going on as another publisher"),
      },
    );
    this.#link = new Link(
      {
        url: address,
        WebSocket,
        backoff,
        heartbeat: options.heartbeat ?? 15_000,
        connectTimeout: options.connectTimeout ?? 10_000,
        greet: (signal) => this.#greet(signal),
        refresh: async (signal) =>
          typeof options.token === "function" ? await options.token({ signal }) : undefined,
      },
      {
        online: (connection, greeting) => this.#online(connection, greeting),
        offline: () => this.#offline(),
        closed: (error) => {
          this.#requests.fail(error);
          for (const membership of this.#memberships()) membership.refuse(error);
        },
        told: (frame) => this.#told(frame),
      },
    );
    this.#host = this.#hosting();
    this.#sleep = onWake(() => {
      this.#link.wake();
      void this.#salvage();
    });
  }

  get state(): Value<ConnectionState> {
    return this.#link.state;
  }

  get outbox(): Value<OutboxState> {
    return this.#outbox.state;
  }

  /**
   * A room of this server; not joined by this alone. The same name gives the same room; its options are those of the
   * first time.
   *
   * @throws {TypeError} if the room is there already, with other options
   */
  room<S extends Schemas>(
    name: string,
    options: RoomOptions & { readonly schemas: S },
  ): Room<Output<S>, Input<S>>;
  room<M extends MessageTypes = AnyMessages>(name: string, options?: RoomOptions): Room<M>;
  room(name: string, options?: RoomOptions): Room {
    const known = name.normalize("NFC");
    return findOrOpen(this.#rooms, known, options, (how) => {
      const room = new Room(known, how, this.#host);
      for (const draft of this.#outbox.waitingIn(known)) room.progress.added(draft);
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
    const known = pattern.normalize("NFC");
    if (!known.endsWith("*"))
      throw new TypeError(`A pattern ends with a *, as in orders.*; ${pattern} does not.`);
    return findOrOpen(this.#patterns, known, options, (how) => new Pattern(known, how, this.#host));
  }

  /** Joining and publishing connect by themselves. @throws {FanfareError} if it was turned away; the signal's reason */
  async connect(options: Abortable = {}): Promise<void> {
    options.signal?.throwIfAborted();
    this.#link.start();
    await this.#link.state.until(({ status }) => {
      if (status === "closed") throw this.#turnedAway();
      return status === "online";
    }, options);
  }

  /** Waits until nothing is left in the outbox. @throws as `connect` */
  async flush(options: Abortable = {}): Promise<void> {
    await this.#outbox.open();
    if (this.#outbox.state.value.pending === 0) return;
    this.#link.start();
    const ended = new AbortController();
    const { signal = ended.signal } = options;
    try {
      await Promise.race([
        this.#outbox.state.until(({ pending }) => pending === 0, {
          signal: AbortSignal.any([signal, ended.signal]),
        }),
        this.#link.state
          .until(({ status }) => status === "closed", { signal: AbortSignal.any([signal, ended.signal]) })
          .then(() => {
            throw this.#turnedAway();
          }),
      ]);
    } finally {
      ended.abort();
    }
  }

  /**
   * Ends it for good. Whoever waits for a join, an answer or an acknowledgement gets an error with code `closed`; what
   * a durable outbox holds is sent by the next client that opens it.
   */
  async close(): Promise<void> {
    this.#sleep();
    this.#link.end();
    await Promise.all([this.#outbox.close(), this.#heir?.close()]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #hosting(): RoomHost {
    const client = this;
    return {
      outbox: this.#outbox,
      requests: this.#requests,
      wanted: () => this.#link.start(),
      event: (room, type, data) =>
        this.#link.connection?.request({ op: "event", room, type, data }, () => {}),
      get user() {
        const { value } = client.#link.state;
        return value.status === "online" ? value.user : undefined;
      },
    };
  }

  async #greet(signal: AbortSignal) {
    const { user, token: given, client = { name: "@fanfare/client", version: VERSION } } = this.#options;
    const [publisher, token] = await Promise.all([
      this.#outbox.open(),
      typeof given === "function" ? given({ signal }) : given,
    ]);
    return { publisher, client, ...(user !== undefined && { user }), ...(token !== undefined && { token }) };
  }

  #online(connection: Connection, greeting: Greeting): void {
    for (const membership of this.#memberships()) membership.online(connection);
    this.#outbox.online(connection, greeting);
    this.#requests.online(connection);
    void this.#salvage();
  }

  #offline(): void {
    for (const membership of this.#memberships()) membership.offline();
    this.#outbox.offline();
    this.#requests.offline();
  }

  #told(frame: RoomFrame): void {
    const pattern = "pattern" in frame ? frame.pattern : undefined;
    const found =
      pattern === undefined
        ? (this.#rooms.get(frame.room) ?? this.#patterns.get(frame.room))
        : this.#patterns.get(pattern);
    found?.subscription.membership.take(frame);
  }

  *#memberships(): Generator<Membership> {
    for (const { subscription } of this.#rooms.values()) yield subscription.membership;
    for (const { subscription } of this.#patterns.values()) yield subscription.membership;
  }

  #turnedAway(): FanfareError {
    const { value } = this.#link.state;
    return new FanfareError(
      "closed",
      value.status === "closed" ? value.reason.message : "This client was closed.",
    );
  }

  async #openStore(): Promise<OutboxStore> {
    const { outbox = "auto" } = this.#options;
    if (typeof outbox === "object") return outbox;
    return (outbox === "auto" && (await this.#tabs())?.open()) || new MemoryStore();
  }

  /** The outboxes of all tabs, where there is a way to keep them. */
  async #tabs(): Promise<TabOutboxes | undefined> {
    // Secure contexts (https, localhost) alone have locks.
    if (globalThis.navigator?.locks === undefined || !("indexedDB" in globalThis)) return undefined;
    const { TabOutboxes } = await import("./outbox/tab-outboxes.ts");
    return new TabOutboxes(this.#outboxName);
  }

  /** Sends what a tab left behind that was closed before it could: under that tab's own numbers, so exactly once. */
  async #salvage(): Promise<void> {
    if (this.#salvaging || this.#options.outbox !== undefined || this.#link.connection === undefined) return;
    this.#salvaging = true;
    try {
      const tabs = await this.#tabs();
      for (let left = await tabs?.openAbandoned(); left !== undefined; left = await tabs?.openAbandoned()) {
        this.#heir = new Fanfare(this.#link.url, { ...this.#options, outbox: left });
        await this.#heir.flush();
        await this.#heir.close();
      }
    } catch {
      await this.#heir?.close(); // turned away, or closed: it stays in the store
    } finally {
      this.#salvaging = false;
    }
  }
}

interface Opened<S> {
  readonly subscription: S;
  /** What it was opened with. */
  readonly options: RoomOptions;
}

function findOrOpen<S extends Subscribed>(
  opened: Map<string, Opened<S>>,
  name: string,
  options: RoomOptions | undefined,
  open: (options: RoomOptions) => S,
): S {
  const found = opened.get(name);
  if (found === undefined) {
    const subscription = open(options ?? {});
    opened.set(name, { subscription, options: options ?? {} });
    return subscription;
  }
  const isSame =
    options === undefined ||
    (JSON.stringify(asked(options)) === JSON.stringify(asked(found.options)) &&
      options.schemas === found.options.schemas);
  if (!isSame)
    throw new TypeError(`${name} is there already, with other options: they belong to its first time.`);
  return found.subscription;
}

type Subscribed = Room | Pattern;

function asked({ history, presence, types }: RoomOptions): readonly unknown[] {
  return [history, presence, types];
}

function addressOf(given: string | URL): string {
  const { location: page } = globalThis as { readonly location?: { readonly href: string } };
  const url = new URL(given, page?.href);
  url.protocol = url.protocol.replace("http", "ws");
  if (url.pathname === "/") url.pathname = "/ws";
  url.hash = "";
  return url.href;
}

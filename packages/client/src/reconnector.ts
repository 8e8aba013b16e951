import { type Backoff, backoffDelay, type ErrorFrame, SUBPROTOCOL, shouldReconnect } from "@fanfare/protocol";
import {
  Connection,
  closeSocket,
  type Reason,
  type WebSocketConstructor,
  type WebSocketLike,
} from "./connection.ts";
import { CLOSED, FanfareError, MALFORMED } from "./errors.ts";
import { ANSWERS, answers, type Request, type RoomFrame } from "./frames.ts";
import type { Lifetime } from "./lifetime.ts";
import type { Abortable } from "./listeners.ts";
import { WritableValue } from "./value.ts";

/** `retryAt` is a time of `Date.now()`. `closed` lasts until `connect()` is called, and after `close()` for good. */
export type ConnectionState =
  | { readonly status: "idle" }
  | { readonly status: "connecting"; readonly attempt: number }
  | { readonly status: "online"; readonly user: string; readonly connection: string }
  | {
      readonly status: "offline";
      readonly reason: Reason;
      readonly retryAt: number;
      readonly attempt: number;
    }
  | { readonly status: "closed"; readonly reason: Reason };

export interface Greeting {
  readonly user: string;
  readonly connection: string;
  readonly limits: { readonly frame: number; readonly inFlight: number };
}

type HelloRequest = Request & { readonly op: "hello" };
/** The fields of `hello`; those that are undefined are not sent. */
type Hello = { readonly [F in Exclude<keyof HelloRequest, "op">]?: HelloRequest[F] | undefined };

export interface ReconnectorOptions {
  readonly url: string | URL;
  /** The platform's by default. */
  readonly WebSocket: WebSocketConstructor | undefined;
  readonly backoff: Backoff;
  readonly heartbeat: number;
  readonly connectTimeout: number;
  /** Gives the fields of `hello`; called for every connection. The signal is aborted when the attempt ends. */
  readonly hello: (signal: AbortSignal) => Promise<Hello>;
  /** Gets a new token; undefined if tokens cannot be refreshed. */
  readonly refresh: ((signal: AbortSignal) => Promise<string>) | undefined;
}

export interface ReconnectorEvents {
  readonly onOnline: (connection: Connection, greeting: Greeting) => void;
  readonly onOffline: () => void;
  /** The connection is not opened again until `start` is called. */
  readonly onClosed: (error: FanfareError) => void;
  readonly onPush: (frame: RoomFrame) => void;
}

/** A connection that was online for so many ms resets the back-off. */
const BACKOFF_RESET_MS = 5_000;

/** Keeps a client connected: opens a connection, sends `hello`, and opens the next one after a break. */
export class Reconnector {
  readonly state: WritableValue<ConnectionState>;
  #connection: Connection | undefined;
  #generation = 0;
  #attempt = 0;
  #onlineSince = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  /** The delay in ms of the server's `closing` frame, which takes the place of the back-off. */
  #drainDelay: number | undefined;
  /** Set while the state is `closed`. */
  #closedBy: FanfareError | undefined;
  /** Aborted when the present attempt or connection ends. */
  #attemptEnd = new AbortController();
  /** Closes the socket of the present attempt or connection. */
  #closeSocket: () => void = () => {};
  readonly #options: ReconnectorOptions;
  readonly #events: ReconnectorEvents;
  readonly #lifetime: Lifetime;

  constructor(options: ReconnectorOptions, events: ReconnectorEvents, lifetime: Lifetime) {
    this.#options = options;
    this.#events = events;
    this.#lifetime = lifetime;
    this.state = new WritableValue<ConnectionState>({ status: "idle" }, lifetime);
  }

  /** @throws {TypeError} if the address is invalid; a path alone needs a page to resolve it against */
  get url(): string {
    const { location: page } = globalThis as { readonly location?: { readonly href: string } };
    const url = new URL(this.#options.url, page?.href);
    url.protocol = url.protocol.replace("http", "ws");
    if (!/^wss?:$/.test(url.protocol)) throw new TypeError(`${url} is no address of http or ws.`);
    if (url.pathname === "/") url.pathname = "/ws";
    url.hash = "";
    return url.href;
  }

  get connection(): Connection | undefined {
    return this.state.value.status === "online" ? this.#connection : undefined;
  }

  /** Why it is closed, while it is. */
  get closedBy(): FanfareError | undefined {
    return this.state.value.status === "closed" ? this.#closedBy : undefined;
  }

  /** Connects, if the state is `idle` or `closed`. @throws {FanfareError} `closed` after `end`, `no_websocket`, `invalid_url` */
  start(): void {
    this.assertOpen();
    const { status } = this.state.value;
    if (status !== "idle" && status !== "closed") return;
    try {
      void this.#webSocket;
      void this.url;
    } catch (cause) {
      const { message } = cause as Error;
      const error = cause instanceof FanfareError ? cause : new FanfareError("invalid_url", message);
      this.#close({ code: 0, message, name: error.code }, error);
      throw error;
    }
    void this.#open();
  }

  /** @throws {FanfareError} `closed` once the client is being closed */
  assertOpen(): void {
    if (this.#lifetime.closing) throw new FanfareError("closed", CLOSED);
  }

  /** Waits until it is online. @throws {FanfareError} the error that `hello` was refused with, or `closed`; the signal's reason */
  async online(options?: Abortable): Promise<void> {
    await this.state.until((state) => {
      if (state.status === "closed") throw this.#closedBy;
      return state.status === "online";
    }, options);
  }

  /** The network has changed, or the page became visible: checks the connection, or retries at once. */
  wake(): void {
    const { status } = this.state.value;
    if (status === "online") this.#connection?.probe();
    else if (status === "offline" && this.#drainDelay === undefined) void this.#open();
  }

  /** Replaces the connection at once, without a delay. */
  reconnect(): void {
    if (this.connection === undefined) return;
    this.#abandon();
    this.#events.onOffline();
    void this.#open();
  }

  /** Closes the connection until `start` is called. */
  disconnect(): void {
    const { status } = this.state.value;
    if (status !== "idle" && status !== "closed") this.#close();
  }

  /** Closes the connection for good. */
  end(): void {
    this.#lifetime.ended = true;
    this.#close();
  }

  /** @throws {FanfareError} `no_websocket` if the platform has none, and none was passed in */
  get #webSocket(): WebSocketConstructor {
    const found = this.#options.WebSocket ?? (globalThis.WebSocket as WebSocketConstructor | undefined);
    if (found === undefined)
      throw new FanfareError("no_websocket", "There is no WebSocket: pass one in (npm install ws).");
    return found;
  }

  async #open(): Promise<void> {
    clearTimeout(this.#retry);
    const generation = ++this.#generation;
    this.#drainDelay = undefined;
    this.state.set({ status: "connecting", attempt: this.#attempt });
    let late: Reason = { code: 0, name: "token_timeout", message: "the token function does not answer" };
    const timeout = setTimeout(() => this.#onLost(generation, late), this.#options.connectTimeout);
    try {
      const hello = await this.#options.hello(this.#attemptEnd.signal);
      if (generation !== this.#generation) return;
      late = { code: 0, message: "the server is silent" };
      const socket = await this.#openSocket(generation);
      if (socket !== undefined) this.#greet(generation, socket, hello, () => clearTimeout(timeout));
    } catch (error) {
      this.#onLost(generation, {
        code: 0,
        message: error instanceof Error ? error.message : String(error),
        ...(error instanceof FanfareError && { name: error.code }),
      });
    } finally {
      if (generation !== this.#generation) clearTimeout(timeout);
    }
  }

  /** @returns an open socket; undefined if it was closed before it opened */
  #openSocket(generation: number): Promise<WebSocketLike | undefined> {
    const socket = new this.#webSocket(this.url, SUBPROTOCOL);
    this.#closeSocket = () => closeSocket(socket);
    return new Promise((resolve) => {
      const fail = (code: number, message: string | undefined) => {
        this.#onLost(generation, { code, message: message || "the server cannot be reached" });
        resolve(undefined);
      };
      socket.onopen = () => {
        socket.onerror = () => {}; // a close follows
        resolve(socket);
      };
      // The WebSocket of Node 22 reports no close after it.
      socket.onerror = ({ message }: { message?: string }) => fail(1006, message);
      socket.onclose = ({ code, reason }: { code: number; reason: string }) => fail(code, reason);
    });
  }

  #greet(generation: number, socket: WebSocketLike, hello: Hello, done: () => void): void {
    if (generation !== this.#generation) {
      closeSocket(socket);
      return;
    }
    const connection = new Connection(socket, this.#options.heartbeat, {
      onPush: (frame) => {
        if (generation !== this.#generation) return;
        if (frame.op === "closing") this.#drainDelay = frame.delay;
        else if (frame.op === "expiring") void this.#refresh(connection);
        else this.#events.onPush(frame);
      },
      onEnd: (reason) => {
        done();
        this.#onLost(generation, reason);
      },
    });
    this.#connection = connection;
    this.#closeSocket = () => connection.terminate(CLOSED);
    connection.request({ op: "hello", ...hello } as HelloRequest, (reply) => {
      if (reply === undefined || generation !== this.#generation) return;
      done();
      // 201 is `unauthorized`: the next token may be accepted.
      if (reply.op === "error" && !reply.retry && (reply.code !== 201 || !this.#options.refresh)) {
        return this.#close({ code: reply.code, message: reply.message }, FanfareError.from(reply));
      }
      if (!answers(reply, ANSWERS.hello))
        return connection.terminate((reply as Partial<ErrorFrame>).message ?? MALFORMED);
      const greeting = reply as unknown as Greeting;
      connection.largestFrame = greeting.limits.frame;
      this.#onlineSince = performance.now();
      this.state.set({ status: "online", user: greeting.user, connection: greeting.connection });
      this.#events.onOnline(connection, greeting);
    });
  }

  /** A failure needs no handling: the server closes the connection when the token ends, and the next one gets a new token. */
  async #refresh(connection: Connection): Promise<void> {
    try {
      const token = await this.#options.refresh?.(this.#attemptEnd.signal);
      if (token !== undefined) connection.request({ op: "refresh", token }, () => {});
    } catch {
      // See above.
    }
  }

  #onLost(generation: number, reason: Reason): void {
    if (generation !== this.#generation || this.#lifetime.ended) return;
    if (reason.code !== 0 && !shouldReconnect(reason.code)) {
      this.#close(reason);
      return;
    }
    const wasOnline = this.state.value.status === "online";
    this.#abandon();
    if (wasOnline && performance.now() - this.#onlineSince >= BACKOFF_RESET_MS) this.#attempt = 0;
    const delay = this.#drainDelay ?? backoffDelay(this.#options.backoff, this.#attempt);
    this.#attempt += 1;
    this.#retry = setTimeout(() => void this.#open(), delay);
    if (wasOnline) this.#events.onOffline();
    this.state.set({ status: "offline", reason, retryAt: Date.now() + delay, attempt: this.#attempt });
  }

  #close(reason: Reason = { code: 1000, message: CLOSED }, error?: FanfareError): void {
    const wasOnline = this.state.value.status === "online";
    this.#abandon();
    clearTimeout(this.#retry);
    this.#attempt = 0;
    const why = error ?? new FanfareError("closed", reason.message);
    this.#closedBy = why;
    if (wasOnline) this.#events.onOffline();
    this.state.set({ status: "closed", reason });
    this.#events.onClosed(why);
  }

  #abandon(): void {
    this.#generation += 1;
    this.#attemptEnd.abort();
    this.#attemptEnd = new AbortController();
    this.#closeSocket();
    this.#closeSocket = () => {};
    this.#connection = undefined;
  }
}

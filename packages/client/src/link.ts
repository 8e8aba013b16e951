import { type Backoff, backoffDelay, type ErrorFrame, SUBPROTOCOL, shouldReconnect } from "@fanfare/protocol";
import { Connection, type Reason, type WebSocketConstructor, type WebSocketLike } from "./connection.ts";
import { FanfareError } from "./errors.ts";
import { ANSWERS, answers, type Request, type RoomFrame } from "./frames.ts";
import { type Abortable, Cell } from "./value.ts";

/** `retryAt` is on the clock of `Date.now()`. `closed` means for good, or until `connect()` is called again. */
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

type Hello = Omit<Request & { readonly op: "hello" }, "op">;

export interface LinkOptions {
  readonly url: string | URL;
  /** The platform's, where it is left out. */
  readonly WebSocket: WebSocketConstructor | undefined;
  readonly backoff: Backoff;
  readonly heartbeat: number;
  readonly connectTimeout: number;
  /** What to say hello with; asked anew for every connection. The signal ends with the attempt. */
  readonly greet: (signal: AbortSignal) => Promise<Hello>;
  /** A new token; undefined if there is no way to one. */
  readonly refresh: ((signal: AbortSignal) => Promise<string>) | undefined;
}

export interface LinkEvents {
  readonly online: (connection: Connection, greeting: Greeting) => void;
  readonly offline: () => void;
  /** Not to be tried again by itself. */
  readonly closed: (error: FanfareError) => void;
  readonly told: (frame: RoomFrame) => void;
}

/** Online for so many ms, and the next break begins with short delays again. */
const STEADY = 5_000;
const CLOSED = "closed by this client";

/** Keeps a connection: opens it, says hello, and opens the next one when it breaks, until it is told not to. */
export class Link {
  readonly state = new Cell<ConnectionState>({ status: "idle" }, () => this.#ended);
  #connection: Connection | undefined;
  #life = 0;
  #attempt = 0;
  #onlineSince = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #returnAfter: number | undefined;
  #ended = false;
  /** Why it is closed, once it is. */
  #turnedAway: FanfareError | undefined;
  /** Of the present attempt or connection. */
  #signal = new AbortController();
  /** Lets go of its socket. */
  #abandon: () => void = () => {};

  constructor(
    private readonly options: LinkOptions,
    private readonly events: LinkEvents,
  ) {}

  /** @throws {TypeError} if it is none: where there is no page, a path is not enough */
  get url(): string {
    const { location: page } = globalThis as { readonly location?: { readonly href: string } };
    const url = new URL(this.options.url, page?.href);
    url.protocol = url.protocol.replace("http", "ws");
    if (!/^wss?:$/.test(url.protocol)) throw new TypeError(`${url} is no address of http or ws.`);
    if (url.pathname === "/") url.pathname = "/ws";
    url.hash = "";
    return url.href;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get connection(): Connection | undefined {
    return this.state.value.status === "online" ? this.#connection : undefined;
  }

  /** Begins, if it has not begun or was turned away. @throws {FanfareError} `closed` after `end` */
  start(): void {
    this.assertOpen();
    const { status } = this.state.value;
    if (status !== "idle" && status !== "closed") return;
    const problem = this.#problem();
    if (problem !== undefined) {
      this.#close({ code: 0, message: problem });
      throw this.#turnedAway;
    }
    void this.#open();
  }

  /** @throws {FanfareError} `closed` after `end` */
  assertOpen(): void {
    if (this.#ended) throw new FanfareError("closed", CLOSED);
  }

  /** Waits. @throws {FanfareError} what its hello was refused with, or `closed`; the signal's reason */
  async online(options?: Abortable): Promise<void> {
    await this.state.until((state) => {
      if (state.status === "closed") throw this.#turnedAway;
      return state.status === "online";
    }, options);
  }

  /** Something has changed for the better, perhaps: the network, or somebody looks. */
  wake(): void {
    const { status } = this.state.value;
    if (status === "online") this.#connection?.probe();
    else if (status === "offline" && this.#returnAfter === undefined) void this.#open();
  }

  /** At once, as nothing is wrong with either end. */
  reconnect(): void {
    if (this.connection === undefined) return;
    this.#leave();
    this.events.offline();
    void this.#open();
  }

  /** Until it is started again. */
  disconnect(): void {
    const { status } = this.state.value;
    if (status !== "idle" && status !== "closed") this.#close();
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#close();
  }

  /** Why no connection can be opened here at all. */
  #problem(): string | undefined {
    if (this.#socket() === undefined) return "There is no WebSocket: pass one in (npm install ws).";
    try {
      void this.url;
      return undefined;
    } catch (error) {
      return (error as TypeError).message;
    }
  }

  #socket(): WebSocketConstructor | undefined {
    return this.options.WebSocket ?? (globalThis.WebSocket as WebSocketConstructor | undefined);
  }

  async #open(): Promise<void> {
    clearTimeout(this.#retry);
    const life = ++this.#life;
    this.#returnAfter = undefined;
    this.state.set({ status: "connecting", attempt: this.#attempt });
    const timeout = setTimeout(
      () => this.#lost(life, { code: 0, message: "the server is silent" }),
      this.options.connectTimeout,
    );
    try {
      const hello = await this.options.greet(this.#signal.signal);
      if (life !== this.#life) return;
      const socket = await this.#dial(life);
      if (socket !== undefined) this.#greet(life, socket, hello, () => clearTimeout(timeout));
    } catch (error) {
      this.#lost(life, { code: 0, message: error instanceof Error ? error.message : String(error) });
    } finally {
      if (life !== this.#life) clearTimeout(timeout);
    }
  }

  /** @returns a socket that is open; undefined if it did not come to that */
  #dial(life: number): Promise<WebSocketLike | undefined> {
    const WebSocket = this.#socket() as WebSocketConstructor; // it was there when this began
    const socket = new WebSocket(this.url, SUBPROTOCOL);
    this.#abandon = () => socket.close();
    socket.onerror = () => {};
    return new Promise((resolve) => {
      socket.onopen = () => resolve(socket);
      socket.onclose = ({ code, reason }: { code: number; reason: string }) => {
        this.#lost(life, { code, message: reason || "the server cannot be reached" });
        resolve(undefined);
      };
    });
  }

  #greet(life: number, socket: WebSocketLike, hello: Hello, done: () => void): void {
    if (life !== this.#life) {
      socket.close();
      return;
    }
    const connection = new Connection(socket, this.options.heartbeat, {
      told: (frame) => {
        if (life !== this.#life) return;
        if (frame.op === "closing") this.#returnAfter = frame.delay;
        else if (frame.op === "expiring") void this.#refresh(connection);
        else this.events.told(frame);
      },
      ended: (reason) => {
        done();
        this.#lost(life, reason);
      },
    });
    this.#connection = connection;
    this.#abandon = () => connection.cut(CLOSED);
    connection.request({ op: "hello", ...hello }, (reply) => {
      if (reply === undefined || life !== this.#life) return;
      done();
      // After `unauthorized` the next token may be a better one.
      if (reply.op === "error" && !reply.retry && (reply.code !== 201 || !this.options.refresh)) {
        return this.#close({ code: reply.code, message: reply.message }, FanfareError.from(reply));
      }
      if (!answers(reply, ANSWERS.hello))
        return connection.cut((reply as Partial<ErrorFrame>).message ?? "the server sent a malformed answer");
      const greeting = reply as unknown as Greeting;
      this.#onlineSince = Date.now();
      this.state.set({ status: "online", user: greeting.user, connection: greeting.connection });
      this.events.online(connection, greeting);
    });
  }

  /** The server closes what was not refreshed in time, and the next connection asks for a new token as well. */
  async #refresh(connection: Connection): Promise<void> {
    try {
      const token = await this.options.refresh?.(this.#signal.signal);
      if (token !== undefined) connection.request({ op: "refresh", token }, () => {});
    } catch {
      // Whoever hands out tokens is away; so will the server say, when it matters.
    }
  }

  #lost(life: number, reason: Reason): void {
    if (life !== this.#life || this.#ended) return;
    if (reason.code !== 0 && !shouldReconnect(reason.code)) {
      this.#close(reason);
      return;
    }
    const wasOnline = this.state.value.status === "online";
    this.#leave();
    if (wasOnline && Date.now() - this.#onlineSince >= STEADY) this.#attempt = 0;
    const delay = this.#returnAfter ?? backoffDelay(this.options.backoff, this.#attempt);
    this.#attempt += 1;
    this.#retry = setTimeout(() => void this.#open(), delay);
    if (wasOnline) this.events.offline();
    this.state.set({ status: "offline", reason, retryAt: Date.now() + delay, attempt: this.#attempt });
  }

  #close(reason: Reason = { code: 1000, message: CLOSED }, error?: FanfareError): void {
    const wasOnline = this.state.value.status === "online";
    this.#leave();
    clearTimeout(this.#retry);
    this.#attempt = 0;
    const why = error ?? new FanfareError("closed", reason.message);
    this.#turnedAway = why;
    if (wasOnline) this.events.offline();
    this.state.set({ status: "closed", reason });
    this.events.closed(why);
  }

  #leave(): void {
    this.#life += 1;
    this.#signal.abort();
    this.#signal = new AbortController();
    this.#abandon();
    this.#abandon = () => {};
    this.#connection = undefined;
  }
}

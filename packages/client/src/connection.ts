import { bytesOf, toJson, tooLarge } from "./encoding.ts";
import { FanfareError, MALFORMED } from "./errors.ts";
import { type Push, parseFrame, type Reply, type Request } from "./frames.ts";

/** Why a connection ended, or could not be opened. */
export interface Reason {
  /** A WebSocket close code, the number of the server's error, or 0 where there is neither. */
  readonly code: number;
  readonly message: string;
  /**
   * `no_websocket`: the platform has none, and none was passed in; `invalid_url`; `token_failed`: the token function threw, or
   * gave no token; `token_timeout`: it did not answer within `connectTimeout`.
   */
  readonly name?: string;
}

/** The part of the WebSocket interface that the SDK uses: the platform's class has it, and that of the package `ws`. */
export interface WebSocketLike {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string): void;
  close(code?: number, reason?: string): void;
  /** Ends it without the server; `ws` has that. */
  terminate?(): void;
}
export type WebSocketConstructor = new (url: string, protocol: string) => WebSocketLike;

export interface ConnectionEvents {
  /** Called for each frame that is no reply, in the server's order. */
  readonly onPush: (frame: Push) => void;
  /** Called once. All requests have been settled with undefined before; no push follows. */
  readonly onEnd: (reason: Reason) => void;
}

/** UTF-16 units of a batch, at most 3 bytes each: it stays under 64 KiB. */
const BATCH = 16 * 1024;
/** UTF-16 units. A server sends 256 KiB and one message at most; a larger frame is not parsed. */
const LARGEST_FRAME = 16 * 1024 * 1024;
/** Ms without any frame but pongs while a request waits. */
const LONGEST_SILENCE = 30_000;
/** Requests without a reply; past it `sendAndForget` drops what it is given. */
const MOST_UNANSWERED = 1_000;
const SILENT = "the server is silent";

/** Ms for the server to answer a close frame; without an answer the socket would keep a Node process alive for 30 s. */
const CLOSE_TIMEOUT = 1_000;

export function closeSocket(socket: WebSocketLike): void {
  socket.close();
  if (socket.terminate === undefined) return;
  const timer = setTimeout(() => socket.terminate?.(), CLOSE_TIMEOUT);
  socket.onclose = () => clearTimeout(timer);
}

/** One open WebSocket: matches replies to requests, batches the frames of a turn, keeps a heartbeat. */
export class Connection {
  readonly #waiting = new Map<number, (reply: Reply | undefined) => void>();
  #outbound: string[] = [];
  #ref = 0;
  /** Bytes; the server says it in its reply to `hello`. */
  largestFrame = Number.POSITIVE_INFINITY;
  #ended = false;
  #receivedAt = performance.now();
  #pinged = false;
  /** When the last frame came that was no pong, or when the oldest request was sent after an idle time. */
  #progressAt = performance.now();
  #heartbeatTimer: ReturnType<typeof setTimeout> | undefined;
  #probeTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #socket: WebSocketLike;
  readonly #heartbeat: number;
  readonly #events: ConnectionEvents;

  constructor(socket: WebSocketLike, heartbeat: number, events: ConnectionEvents) {
    this.#socket = socket;
    this.#heartbeat = heartbeat;
    this.#events = events;
    socket.onmessage = ({ data }: { data: unknown }) => this.#receive(data);
    socket.onclose = ({ code, reason }: { code: number; reason: string }) =>
      this.#end({ code, message: reason || `the connection was closed with ${code}` });
    this.#checkIn(heartbeat);
  }

  /**
   * Sends a request that may be lost. It is dropped while 1,000 requests wait for their replies.
   *
   * @throws {FanfareError} as `#encode`
   */
  sendAndForget(request: Request, onRefused: (error: FanfareError) => void): void {
    if (this.#waiting.size >= MOST_UNANSWERED) return;
    this.#request(request, (reply) => {
      if (reply?.op === "error") onRefused(FanfareError.from(reply));
    });
  }

  /**
   * @param settle gets the reply, or undefined if the connection ended before it came; and an error without having sent
   * anything if the request cannot be encoded
   */
  request(request: Request, settle: (reply: Reply | undefined) => void): void {
    try {
      this.#request(request, settle);
    } catch (error) {
      const { code: name, message } = error as FanfareError;
      // Later, as a reply would come.
      queueMicrotask(() => settle({ op: "error", code: 0, name, message, retry: false }));
    }
  }

  #request(request: Request, settle: (reply: Reply | undefined) => void): void {
    if (this.#ended) {
      settle(undefined);
      return;
    }
    const ref = ++this.#ref;
    const frame = this.#encode(request, ref);
    if (this.#waiting.size === 0) this.#progressAt = performance.now();
    this.#waiting.set(ref, settle);
    this.#send(frame);
  }

  /** @throws {FanfareError} `invalid`, if JSON cannot hold it; `data_too_large`, if the server accepts no such frame */
  #encode({ op, ...fields }: Request, ref: number): string {
    const frame = toJson({ op, ref, ...fields });
    const { largestFrame } = this;
    if (frame.length * 3 > largestFrame && bytesOf(frame) > largestFrame)
      throw tooLarge(bytesOf(frame), largestFrame);
    return frame;
  }

  /** Pings the server, and terminates the connection if nothing comes within 3 s (or one heartbeat, if shorter). */
  probe(): void {
    if (this.#probeTimer !== undefined || this.#ended) return;
    this.#ping();
    this.#probeTimer = setTimeout(
      () => {
        this.#probeTimer = undefined;
        if (this.#pinged) this.terminate(SILENT);
      },
      Math.min(3_000, this.#heartbeat),
    );
  }

  /** Ends the connection at once; the server's close frame is not awaited. */
  terminate(message: string): void {
    this.#end({ code: 0, message });
    closeSocket(this.#socket);
  }

  #send(frame: string): void {
    if (this.#outbound.length === 0) queueMicrotask(() => this.#flush());
    this.#outbound.push(frame);
  }

  #flush(): void {
    const frames = this.#outbound;
    this.#outbound = [];
    let batch: string[] = [];
    let size = 0;
    const most = Math.min(BATCH, this.largestFrame / 3);
    const send = () => {
      const [only] = batch;
      if (only === undefined || this.#ended) return;
      this.#socket.send(batch.length === 1 ? only : `[${batch.join()}]`);
      batch = [];
      size = 0;
    };
    for (const frame of frames) {
      if (size + frame.length > most) send();
      batch.push(frame);
      size += frame.length + 1;
    }
    send();
  }

  #receive(data: unknown): void {
    if (this.#ended) return;
    this.#receivedAt = performance.now();
    this.#pinged = false;
    const frames = typeof data === "string" && data.length <= LARGEST_FRAME ? parseFrame(data) : undefined;
    if (frames === undefined) {
      this.terminate(MALFORMED);
      return;
    }
    for (const frame of frames) {
      if (this.#ended) return;
      if (frame.op !== "pong") this.#progressAt = performance.now();
      if (frame.op !== "ok" && frame.op !== "error" && frame.op !== "pong") this.#events.onPush(frame);
      else if (frame.ref !== undefined) {
        const settle = this.#waiting.get(frame.ref);
        this.#waiting.delete(frame.ref);
        settle?.(frame);
      }
    }
  }

  /** Pings after one silent interval and gives up after another: a half-open connection ends within two. */
  #checkHeartbeat(): void {
    const waits = this.#waiting.size > 0;
    if (this.#pinged || (waits && performance.now() - this.#progressAt > LONGEST_SILENCE)) {
      this.terminate(SILENT);
      return;
    }
    const left = this.#receivedAt + this.#heartbeat - performance.now();
    if (left <= 0 || waits) this.#ping();
    else this.#checkIn(left);
  }

  #checkIn(ms: number): void {
    clearTimeout(this.#heartbeatTimer);
    this.#heartbeatTimer = setTimeout(() => this.#checkHeartbeat(), ms);
  }

  #ping(): void {
    this.#pinged = true;
    this.#checkIn(this.#heartbeat);
    this.request({ op: "ping" }, () => {});
  }

  #end(reason: Reason): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#heartbeatTimer);
    clearTimeout(this.#probeTimer);
    const socket = this.#socket;
    socket.onmessage = null;
    socket.onclose = null;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const settle of waiting) settle(undefined);
    this.#events.onEnd(reason);
  }
}

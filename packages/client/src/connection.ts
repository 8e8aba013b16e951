import { parseFrame, type Reply, type Request, type Told } from "./frames.ts";

/** Why a connection ended: a WebSocket close code, or 0 where none says it, and what happened in words. */
export interface Reason {
  readonly code: number;
  readonly message: string;
}

/** As much of a WebSocket as is needed: the platform's own, or that of the package `ws`. */
export interface WebSocketLike {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string): void;
  close(code?: number, reason?: string): void;
}
export type WebSocketConstructor = new (url: string, protocol: string) => WebSocketLike;

export interface ConnectionEvents {
  /** In the order of the server; replies go to whoever asked. */
  readonly told: (frame: Told) => void;
  /** Once; nothing is told after it, and every request has been settled with undefined before. */
  readonly ended: (reason: Reason) => void;
}

/** UTF-16 units of a batch, at most 3 bytes each: it stays under the 64 KiB that a server takes at least. */
const BATCH = 16 * 1024;
/** UTF-16 units; a server keeps to 256 KiB and one message. What is larger is not parsed. */
const LARGEST_FRAME = 16 * 1024 * 1024;
/** Ms without anything but pongs while a request waits. */
const LONGEST_SILENCE = 30_000;
/** Requests without an answer, past which nothing is mentioned any more. */
const MOST_WAITING = 1_000;
const SILENT = "the server is silent";

/** One WebSocket that is open: requests and their replies, frames put together per turn, heartbeat. */
export class Connection {
  readonly #waiting = new Map<number, (reply: Reply | undefined) => void>();
  #outbound: string[] = [];
  #ref = 0;
  #ended = false;
  #heardAt = Date.now();
  #pinged = false;
  #saidAt = Date.now();
  #beat: ReturnType<typeof setTimeout> | undefined;
  #probe: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly socket: WebSocketLike,
    private readonly heartbeat: number,
    private readonly events: ConnectionEvents,
  ) {
    socket.onmessage = ({ data }: { data: unknown }) => this.#receive(data);
    socket.onclose = ({ code, reason }: { code: number; reason: string }) =>
      this.#end({ code, message: reason || `the connection was closed with ${code}` });
    this.#pulseIn(heartbeat);
  }

  /** Something that nobody misses: dropped where the server has fallen silent, and requests pile up. */
  mention(request: Request): void {
    if (this.#waiting.size < MOST_WAITING) this.request(request, () => {});
  }

  /** @param settle gets the reply, or undefined if the connection ended before it came */
  request(request: Request, settle: (reply: Reply | undefined) => void): void {
    if (this.#ended) {
      settle(undefined);
      return;
    }
    const { op, ...fields } = request;
    const ref = ++this.#ref;
    if (this.#waiting.size === 0) this.#saidAt = Date.now();
    this.#waiting.set(ref, settle);
    this.#send(JSON.stringify({ op, ref, ...fields }));
  }

  /** Whether the other end is still there: what has not answered soon is given up. */
  probe(): void {
    if (this.#probe !== undefined || this.#ended) return;
    this.#ping();
    this.#probe = setTimeout(
      () => {
        this.#probe = undefined;
        if (this.#pinged) this.cut(SILENT);
      },
      Math.min(3_000, this.heartbeat),
    );
  }

  /** Ends it from this side, without waiting for the other one. */
  cut(message: string): void {
    this.#end({ code: 0, message });
    this.socket.close();
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
    const send = () => {
      const [only] = batch;
      if (only === undefined || this.#ended) return;
      this.socket.send(batch.length === 1 ? only : `[${batch.join()}]`);
      batch = [];
      size = 0;
    };
    for (const frame of frames) {
      if (size + frame.length > BATCH) send();
      batch.push(frame);
      size += frame.length + 1;
    }
    send();
  }

  #receive(data: unknown): void {
    if (this.#ended) return;
    this.#heardAt = Date.now();
    this.#pinged = false;
    const frames = typeof data === "string" && data.length <= LARGEST_FRAME ? parseFrame(data) : undefined;
    if (frames === undefined) {
      this.cut("the server sent a malformed frame");
      return;
    }
    for (const frame of frames) {
      if (this.#ended) return;
      if (frame.op !== "pong") this.#saidAt = Date.now();
      if (frame.op !== "ok" && frame.op !== "error" && frame.op !== "pong") this.events.told(frame);
      else if (frame.ref !== undefined) {
        const settle = this.#waiting.get(frame.ref);
        this.#waiting.delete(frame.ref);
        settle?.(frame);
      }
    }
  }

  /** Silence of one interval is asked about, and the answer awaited for another: a half-open link is noticed within two. */
  #pulse(): void {
    if (this.#pinged) {
      this.cut(SILENT);
      return;
    }
    const waits = this.#waiting.size > 0;
    if (waits && Date.now() - this.#saidAt > LONGEST_SILENCE) {
      this.cut(SILENT);
      return;
    }
    const left = this.#heardAt + this.heartbeat - Date.now();
    if (left <= 0 || waits) this.#ping();
    else this.#pulseIn(Math.min(left, this.heartbeat)); // the clock may have been set back
  }

  #pulseIn(ms: number): void {
    clearTimeout(this.#beat);
    this.#beat = setTimeout(() => this.#pulse(), ms);
  }

  #ping(): void {
    this.#pinged = true;
    this.#pulseIn(this.heartbeat);
    this.request({ op: "ping" }, () => {});
  }

  #end(reason: Reason): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#beat);
    clearTimeout(this.#probe);
    const { socket } = this;
    socket.onmessage = null;
    socket.onclose = null;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const settle of waiting) settle(undefined);
    this.events.ended(reason);
  }
}

import { FrameParser } from "@fanfare/testing/frame-parser";
import { clientFrame, OPCODE } from "@fanfare/testing/frame-writer";
import type { Socket } from "bun";
import { Handshake } from "./handshake.ts";
import { WriteBuffer } from "./write-buffer.ts";

/** No close frame came (RFC 6455 section 7.1.5). */
const ABNORMAL = 1006;
/** A close frame without a code. */
const NO_CODE = 1005;
const OPENING_TIME = 20_000;

export interface FrameSocketEvents {
  /** See `FrameListener`. */
  data(bytes: Buffer, start: number, end: number, length: number): void;
  /** After the last complete frame of a chunk, so that the answers to all of them leave in one write. */
  afterChunk?(): void;
  /** The system took everything that was sent. */
  drained?(): void;
  /** Once, unless this side closed. */
  closed(code: number, reason: string): void;
}

export interface FrameSocketOptions {
  readonly subprotocol?: string;
  /** Further headers of the request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes kept at either end of a frame that arrives in pieces; everything where it is left out. */
  readonly edge?: number;
}

/** A WebSocket client that hands out frames as bytes, so that a generator needs less processor time than the server. */
export class FrameSocket {
  readonly #events: FrameSocketEvents;
  readonly #parser: FrameParser;
  readonly #writes = new WriteBuffer();
  #handshake: Handshake | undefined;
  #socket: Socket<undefined> | undefined;
  #closing: { code: number; reason: string } | undefined;
  #open = false;
  #opened: { resolve(): void; reject(error: Error): void } | undefined;

  private constructor(
    url: URL,
    events: FrameSocketEvents,
    { subprotocol, headers, edge }: FrameSocketOptions,
  ) {
    this.#events = events;
    this.#handshake = new Handshake(url, subprotocol, headers);
    this.#parser = new FrameParser(
      {
        data: (bytes, start, end, length) => events.data(bytes, start, end, length),
        control: (opcode, bytes, start, end) => this.#control(opcode, bytes, start, end),
      },
      edge,
    );
  }

  /** @throws HandshakeError or the system's error if no connection comes about */
  static async open(
    url: string,
    events: FrameSocketEvents,
    options: FrameSocketOptions = {},
  ): Promise<FrameSocket> {
    const parsed = new URL(url);
    const client = new FrameSocket(parsed, events, options);
    const opened = Promise.withResolvers<void>();
    client.#opened = opened;
    const timer = setTimeout(() => client.#fail(new Error(`${url} did not answer in time`)), OPENING_TIME);
    try {
      await Promise.all([client.#connect(parsed), opened.promise]);
    } finally {
      clearTimeout(timer);
      client.#opened = undefined;
    }
    return client;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Whether the system took everything that was sent. */
  get isDrained(): boolean {
    return this.#writes.empty;
  }

  /** Sends frames that are written already; `bytes` may be reused afterwards. */
  send(bytes: Buffer): void {
    if (this.#open && this.#socket !== undefined) this.#writes.send(this.#socket, bytes);
  }

  /** Closes the socket without a close frame; `closed` is not called. */
  terminate(): void {
    this.#open = false;
    this.#socket?.terminate();
  }

  async #connect(url: URL): Promise<void> {
    await Bun.connect({
      hostname: url.hostname,
      port: Number(url.port === "" ? 80 : url.port),
      socket: {
        binaryType: "buffer",
        open: (socket) => {
          this.#socket = socket;
          socket.setNoDelay(true);
          this.#writes.send(socket, Buffer.from(this.#handshake?.request ?? ""));
        },
        data: (_, chunk) => this.#chunk(chunk),
        drain: (socket) => {
          this.#writes.drain(socket);
          if (this.#writes.empty) this.#events.drained?.();
        },
        close: () => this.#closed(),
        error: (_, error) => this.#fail(error),
      },
    });
  }

  #chunk(chunk: Buffer): void {
    try {
      if (this.#handshake === undefined) {
        this.#parser.push(chunk);
      } else {
        const rest = this.#handshake.push(chunk);
        if (rest === undefined) return;
        this.#handshake = undefined;
        this.#open = true;
        this.#opened?.resolve();
        this.#parser.push(rest);
      }
      this.#events.afterChunk?.();
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #control(opcode: number, bytes: Buffer, start: number, end: number): void {
    if (opcode === OPCODE.ping) {
      this.send(clientFrame(OPCODE.pong, bytes.subarray(start, end)));
    } else if (opcode === OPCODE.close) {
      const code = end - start >= 2 ? bytes.readUInt16BE(start) : NO_CODE;
      this.#closing = { code, reason: bytes.toString("utf8", Math.min(start + 2, end), end) };
      this.#socket?.end();
    }
  }

  #fail(error: Error): void {
    this.#closing ??= { code: ABNORMAL, reason: error.message };
    this.#opened?.reject(error);
    this.#socket?.terminate();
  }

  #closed(): void {
    const { code, reason } = this.#closing ?? { code: ABNORMAL, reason: "" };
    this.#opened?.reject(new Error(`closed while opening: ${code} ${reason}`));
    if (!this.#open) return;
    this.#open = false;
    this.#events.closed(code, reason);
  }
}

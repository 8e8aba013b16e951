/** A TCP connection that speaks WebSocket by hand: for bytes that no decent client sends, and for not reading. */
import { connect, type Socket } from "node:net";
import { Mailbox } from "./mailbox.ts";

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface RawFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

export class RawSocket {
  readonly frames: Mailbox<RawFrame>;
  /** Resolves when the connection is gone, however that came. */
  readonly gone: Promise<void>;
  #unread: Buffer = Buffer.alloc(0);
  #writing: Promise<void> | undefined;

  private constructor(
    name: string,
    private readonly socket: Socket,
  ) {
    this.frames = new Mailbox(name);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.gone = promise;
    socket.on("error", () => {}); // a reset is one of the ways to go; "close" follows
    socket.on("close", () => {
      this.frames.end("the TCP connection is closed");
      resolve();
    });
  }

  /** Opens a connection and asks for a WebSocket. @throws if the answer is not 101. */
  static async open(server: URL, path: string, subprotocol?: string): Promise<RawSocket> {
    const socket = connect(Number(server.port), server.hostname);
    const raw = new RawSocket(path, socket);
    const lines = [
      `GET ${path} HTTP/1.1`,
      `Host: ${server.host}`,
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      ...(subprotocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${subprotocol}`]),
    ];
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    await new Promise<void>((resolve, reject) => {
      let head = Buffer.alloc(0);
      const read = (bytes: Buffer | string) => {
        head = Buffer.concat([head, Buffer.from(bytes)]);
        const end = head.indexOf("\r\n\r\n");
        if (end < 0) return;
        socket.off("data", read);
        const status = head.toString("latin1", 0, head.indexOf("\r\n"));
        if (!status.includes(" 101 ")) return reject(new Error(`${path}: ${status}`));
        socket.on("data", (more) => raw.#read(Buffer.from(more)));
        raw.#read(head.subarray(end + 4));
        resolve();
      };
      socket.on("data", read);
      void raw.gone.then(() => reject(new Error(`${path}: closed before an answer`)));
    });
    return raw;
  }

  /** Text frames so far. */
  get texts(): string[] {
    return this.frames.all
      .filter(({ opcode }) => opcode === OPCODE.text)
      .map(({ payload }) => payload.toString());
  }

  text(content: string): void {
    this.frame(OPCODE.text, Buffer.from(content));
  }

  /** A masked frame, whole unless `final` is false. */
  frame(opcode: number, payload: Buffer, final = true): void {
    this.write(encode(opcode, payload, final));
  }

  /** Bytes as they are. */
  write(bytes: Buffer): this {
    this.#writing = new Promise((resolve) => this.socket.write(bytes, () => resolve()));
    return this;
  }

  /** Waits until the kernel has taken what was written. */
  async drained(): Promise<void> {
    await Promise.race([this.#writing, this.gone]);
  }

  /** Takes nothing more out of the socket, as a client does that hangs. */
  stall(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** The close frame that the server sent, or that it went without one. */
  async closed(): Promise<{ code: number; reason: string }> {
    await this.frames.next(({ opcode }) => opcode === OPCODE.close).catch(() => this.gone);
    const frame = this.frames.all.find(({ opcode }) => opcode === OPCODE.close);
    if (frame === undefined || frame.payload.length < 2)
      return { code: frame === undefined ? 1006 : 1005, reason: "" };
    return { code: frame.payload.readUInt16BE(0), reason: frame.payload.toString("utf8", 2) };
  }

  /** Whether the TCP connection is gone. */
  get ended(): boolean {
    return this.socket.destroyed;
  }

  /** Says that nothing more will come. */
  end(): void {
    this.socket.end();
  }

  /** TCP reset: gone without a word. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  destroy(): void {
    this.socket.destroy();
  }

  #read(bytes: Buffer): void {
    this.#unread = this.#unread.length === 0 ? bytes : Buffer.concat([this.#unread, bytes]);
    const frames: RawFrame[] = [];
    let at = 0;
    for (;;) {
      const frame = decode(this.#unread, at);
      if (frame === undefined) break;
      at = frame.end;
      frames.push({ opcode: frame.opcode, payload: frame.payload });
    }
    this.#unread = this.#unread.subarray(at);
    if (frames.length > 0) this.frames.push(...frames);
  }
}

const MASK = Buffer.from([0x12, 0x34, 0x56, 0x78]);

/** RFC 6455 section 5.2. */
export function encode(opcode: number, payload: Buffer, final = true): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = (final ? 0x80 : 0) | opcode;
  head[1] = 0x80 | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  const masked = Buffer.from(payload);
  for (let i = 0; i < length; i++) masked[i] = (masked[i] ?? 0) ^ (MASK[i % 4] ?? 0);
  return Buffer.concat([head, MASK, masked]);
}

function decode(bytes: Buffer, at: number): (RawFrame & { end: number }) | undefined {
  if (bytes.length < at + 2) return undefined;
  const opcode = bytes.readUInt8(at) & 0x0f;
  const short = bytes.readUInt8(at + 1) & 0x7f;
  const start = at + (short < 126 ? 2 : short === 126 ? 4 : 10);
  if (bytes.length < start) return undefined;
  const length =
    short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
  const end = start + length;
  return bytes.length < end ? undefined : { opcode, payload: Buffer.from(bytes.subarray(start, end)), end };
}

import { connect, type Socket } from "node:net";
import { FrameParser } from "./frame-parser.ts";
import { clientFrame, OPCODE } from "./frame-writer.ts";
import { Mailbox } from "./mailbox.ts";
import { upgradeRequest } from "./upgrade-request.ts";

/** Not 0, so that the server has to unmask. */
const MASKING_KEY = 0x12345678;

export interface RawFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** A TCP connection with a WebSocket on it: it sends bytes that no library would send, and stops reading on demand. */
export class RawSocket {
  readonly frames: Mailbox<RawFrame>;
  /** Resolves once the connection is closed, by whichever side. */
  readonly gone: Promise<void>;
  readonly #parser = new FrameParser({
    data: (bytes, start, end, _, opcode) => this.#receive(opcode, bytes, start, end),
    control: (opcode, bytes, start, end) => this.#receive(opcode, bytes, start, end),
  });
  #writing: Promise<void> | undefined;

  private constructor(
    name: string,
    private readonly socket: Socket,
  ) {
    this.frames = new Mailbox(name);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.gone = promise;
    socket.on("error", () => {}); // "close" follows a reset as well
    socket.on("close", () => {
      this.frames.end("the TCP connection is closed");
      resolve();
    });
  }

  /** Opens a connection and asks for a WebSocket. @throws if the answer is not 101. */
  static async open(server: URL, path: string, subprotocol?: string): Promise<RawSocket> {
    const socket = connect(Number(server.port), server.hostname);
    const raw = new RawSocket(path, socket);
    socket.write(upgradeRequest(new URL(path, server), subprotocol));
    await new Promise<void>((resolve, reject) => {
      let head = Buffer.alloc(0);
      const read = (bytes: Buffer | string) => {
        head = Buffer.concat([head, Buffer.from(bytes)]);
        const end = head.indexOf("\r\n\r\n");
        if (end < 0) return;
        socket.off("data", read);
        const status = head.toString("latin1", 0, head.indexOf("\r\n"));
        if (!status.includes(" 101 ")) return reject(new Error(`${path}: ${status}`));
        socket.on("data", (more) => raw.#parser.push(Buffer.from(more)));
        raw.#parser.push(head.subarray(end + 4));
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
    this.write(clientFrame(opcode, payload, { final, maskingKey: MASKING_KEY }));
  }

  /** Bytes as they are, frames or not. */
  write(bytes: Buffer): this {
    this.#writing = new Promise((resolve) => this.socket.write(bytes, () => resolve()));
    return this;
  }

  /** Waits until the kernel has taken what was written. */
  async drained(): Promise<void> {
    await Promise.race([this.#writing, this.gone]);
  }

  /** Stops reading, as a client does that hangs. */
  stall(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** The code of the server's close frame; 1006 if it sent none (RFC 6455 section 7.1.5). */
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

  /** Sends a FIN. */
  end(): void {
    this.socket.end();
  }

  /** Sends a TCP reset. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  destroy(): void {
    this.socket.destroy();
  }

  #receive(opcode: number, bytes: Buffer, start: number, end: number): void {
    this.frames.push({ opcode, payload: Buffer.from(bytes.subarray(start, end)) });
  }
}

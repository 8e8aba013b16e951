import { SUBPROTOCOL } from "@fanfare/protocol";
import { upgradeRequest } from "@fanfare/testing/upgrade-request";
import type { Socket } from "bun";

/** A socket that sends bytes as they are, and remembers how the server closed it. */
export class AttackSocket {
  ending = "open";
  readonly gone: Promise<void>;
  /** The server's answer to the request, its first line. */
  readonly answered: Promise<string>;
  /** Bytes that followed the answer. */
  received = 0;
  #socket: Socket<undefined> | undefined;
  #head = "";
  #isAnswered = false;
  #unsent: Buffer = Buffer.alloc(0);
  #drained = Promise.withResolvers<void>();

  private constructor(
    private readonly resolveAnswer: (line: string) => void,
    private readonly resolveGone: () => void,
    answered: Promise<string>,
    gone: Promise<void>,
  ) {
    this.answered = answered;
    this.gone = gone;
  }

  /** @param first the text that it sends at once */
  static async connect(url: URL, first: string): Promise<AttackSocket> {
    const answered = Promise.withResolvers<string>();
    const gone = Promise.withResolvers<void>();
    const socket = new AttackSocket(answered.resolve, gone.resolve, answered.promise, gone.promise);
    try {
      socket.#socket = await Bun.connect({
        hostname: url.hostname,
        port: Number(url.port),
        socket: {
          binaryType: "buffer",
          data: (_, chunk) => socket.#receive(chunk),
          drain: () => socket.#flush(),
          close: () => socket.#end("closed"),
          error: () => socket.#end("closed"),
        },
      });
      await socket.send(Buffer.from(first));
    } catch {
      socket.#end("refused");
    }
    return socket;
  }

  /** Asks for a native WebSocket, and waits for the answer. */
  static async open(url: URL): Promise<AttackSocket> {
    const socket = await AttackSocket.connect(url, upgradeRequest(new URL("/ws", url), SUBPROTOCOL));
    await socket.answered;
    return socket;
  }

  get isGone(): boolean {
    return this.ending !== "open";
  }

  /** Resolves once the system took the bytes, or the socket is closed. */
  async send(bytes: Buffer): Promise<void> {
    while (this.#unsent.length > 0 && !this.isGone) await Promise.race([this.#drained.promise, this.gone]);
    if (this.isGone) return;
    this.#unsent = bytes;
    this.#flush();
    while (this.#unsent.length > 0 && !this.isGone) await Promise.race([this.#drained.promise, this.gone]);
  }

  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }

  destroy(): void {
    this.#socket?.terminate();
  }

  #flush(): void {
    const sent = this.#socket?.write(this.#unsent) ?? 0;
    this.#unsent = this.#unsent.subarray(Math.max(0, sent));
    if (this.#unsent.length > 0) return;
    this.#drained.resolve();
    this.#drained = Promise.withResolvers<void>();
  }

  #receive(chunk: Buffer): void {
    if (this.#isAnswered) {
      this.received += chunk.length;
      // The last frame is the close frame, unmasked and short.
      this.#findClose(chunk);
      return;
    }
    this.#head += chunk.toString("latin1");
    const end = this.#head.indexOf("\r\n\r\n");
    if (end < 0) return;
    this.#isAnswered = true;
    const [line = ""] = this.#head.split("\r\n");
    if (!line.includes(" 101 ")) this.#end(line.split(" ")[1] ?? "closed");
    this.resolveAnswer(line);
    this.#findClose(Buffer.from(this.#head.slice(end + 4), "latin1"));
  }

  #findClose(chunk: Buffer): void {
    for (let at = chunk.indexOf(0x88); at >= 0; at = chunk.indexOf(0x88, at + 1)) {
      const length = chunk[at + 1] ?? 0;
      if (length < 2 || length > 125 || at + 2 + length !== chunk.length) continue;
      this.#end(String(chunk.readUInt16BE(at + 2)));
      this.#socket?.end();
      return;
    }
  }

  #end(how: string): void {
    if (this.ending !== "open") return;
    this.ending = how;
    this.resolveAnswer("");
    this.resolveGone();
  }
}

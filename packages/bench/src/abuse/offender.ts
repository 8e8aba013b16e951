import { SUBPROTOCOL } from "@fanfare/protocol";
import { upgradeRequest } from "@fanfare/testing/upgrade-request";
import type { Socket } from "bun";

/** A socket without manners: sends bytes as they are, and remembers how the server got rid of it. */
export class Offender {
  ending = "open";
  readonly gone: Promise<void>;
  /** The server's answer to the request, its first line. */
  readonly answered: Promise<string>;
  /** Bytes that came after the answer. */
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

  /** @param first what it sends at once */
  static async connect(url: URL, first: string): Promise<Offender> {
    const answered = Promise.withResolvers<string>();
    const gone = Promise.withResolvers<void>();
    const offender = new Offender(answered.resolve, gone.resolve, answered.promise, gone.promise);
    try {
      offender.#socket = await Bun.connect({
        hostname: url.hostname,
        port: Number(url.port),
        socket: {
          binaryType: "buffer",
          data: (_, chunk) => offender.#take(chunk),
          drain: () => offender.#flush(),
          close: () => offender.#end("closed"),
          error: () => offender.#end("closed"),
        },
      });
      await offender.send(Buffer.from(first));
    } catch {
      offender.#end("refused");
    }
    return offender;
  }

  /** Asks for a native WebSocket, and waits for the answer. */
  static async open(url: URL): Promise<Offender> {
    const offender = await Offender.connect(url, upgradeRequest(new URL("/ws", url), SUBPROTOCOL));
    await offender.answered;
    return offender;
  }

  get isGone(): boolean {
    return this.ending !== "open";
  }

  /** Resolves once the system has taken it, or the socket is gone. */
  async send(bytes: Buffer): Promise<void> {
    while (this.#unsent.length > 0 && !this.isGone) await Promise.race([this.#drained.promise, this.gone]);
    if (this.isGone) return;
    this.#unsent = bytes;
    this.#flush();
    while (this.#unsent.length > 0 && !this.isGone) await Promise.race([this.#drained.promise, this.gone]);
  }

  stopReading(): void {
    this.#socket?.pause();
  }

  /** What came meanwhile is read, to its end. */
  readOn(): void {
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

  #take(chunk: Buffer): void {
    if (this.#isAnswered) {
      this.received += chunk.length;
      // The last frame is the close frame, unmasked and short.
      this.#look(chunk);
      return;
    }
    this.#head += chunk.toString("latin1");
    const end = this.#head.indexOf("\r\n\r\n");
    if (end < 0) return;
    this.#isAnswered = true;
    const [line = ""] = this.#head.split("\r\n");
    if (!line.includes(" 101 ")) this.#end(line.split(" ")[1] ?? "closed");
    this.resolveAnswer(line);
    this.#look(Buffer.from(this.#head.slice(end + 4), "latin1"));
  }

  #look(chunk: Buffer): void {
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

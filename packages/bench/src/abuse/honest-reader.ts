import { SUBPROTOCOL } from "@fanfare/protocol";
import { textFrame } from "@fanfare/testing/frame-writer";
import { Histogram } from "../figures/histogram.ts";
import { FrameSocket } from "../socket/frame-socket.ts";

/** Milliseconds between two requests. */
const PERIOD = 20;
const ROOM = "honest";

/** An honest client that reads the newest page of a room and joins it with history, by turns. */
export class HonestReader {
  /** From a request to its page, and from a join to `live`; ms. */
  readonly history = new Histogram();
  readonly joins = new Histogram();
  readonly faults: string[] = [];
  #socket: FrameSocket | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #joinedAt: number | undefined;
  #askedAt: number | undefined;
  #turn = 0;

  async begin(url: string): Promise<void> {
    this.#socket = await FrameSocket.open(
      `${url}/ws`,
      {
        data: (bytes, start, end) => this.#receive(bytes.toString("utf8", start, end)),
        closed: (code, reason) => this.faults.push(`an honest reader was closed: ${code} ${reason}`),
      },
      { subprotocol: SUBPROTOCOL },
    );
    this.#send('{"op":"hello","ref":0,"user":"honest-reader"}');
    this.#timer = setInterval(() => this.#ask(), PERIOD);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#socket?.terminate();
  }

  #ask(): void {
    if (this.#askedAt !== undefined || this.#joinedAt !== undefined) return;
    if (this.#turn++ % 2 === 0) {
      this.#askedAt = performance.now();
      this.#send(`{"op":"history","ref":1,"room":"${ROOM}","limit":20}`);
    } else {
      this.#joinedAt = performance.now();
      this.#send(`{"op":"join","ref":2,"room":"${ROOM}","history":20,"types":["note"]}`);
    }
  }

  #receive(text: string): void {
    const now = performance.now();
    const value = JSON.parse(text) as Frame | Frame[];
    for (const { op, ref } of Array.isArray(value) ? value : [value]) {
      if (op === "error") this.faults.push(`an honest reader was refused: ${text}`);
      if (op === "ok" && ref === 1 && this.#askedAt !== undefined) {
        this.history.add(now - this.#askedAt);
        this.#askedAt = undefined;
      } else if (op === "live" && this.#joinedAt !== undefined) {
        this.joins.add(now - this.#joinedAt);
        this.#joinedAt = undefined;
        this.#send(`{"op":"leave","ref":3,"room":"${ROOM}"}`);
      }
    }
  }

  #send(frame: string): void {
    this.#socket?.send(textFrame(frame));
  }
}

interface Frame {
  readonly op: string;
  readonly ref?: number;
}

import { SUBPROTOCOL } from "@fanfare/protocol";
import { textFrame } from "@fanfare/testing/frame-writer";
import { Histogram } from "../figures/histogram.ts";
import { FrameSocket } from "../socket/frame-socket.ts";

const COUNT = 20;
/** Milliseconds between two publishes of each. */
const PERIOD = 50;
/** Milliseconds between two requests for to-dos. */
const TODO_PERIOD = 100;

/** Another address than the attackers', which the trusted proxy names. */
const HEADERS = { "x-forwarded-for": "198.51.100.1" };

/** Honest members of one room: each publishes at a steady rate, and all of them receive every message. */
export class HonestClients {
  /** From a publish to its message at each member, ms. */
  readonly latency = new Histogram();
  /** From a request for to-dos to its response, ms. */
  readonly todoLatency = new Histogram();
  readonly faults: string[] = [];
  #clients: FrameSocket[] = [];
  #timers: ReturnType<typeof setInterval>[] = [];
  /** The last offset that each member received. */
  readonly #seen: number[] = [];

  async join(url: string): Promise<void> {
    for (let i = 0; i < COUNT; i++) {
      const joined = Promise.withResolvers<void>();
      const client = await FrameSocket.open(
        `${url}/ws`,
        {
          data: (bytes, start, end) => this.#receive(i, bytes.toString("utf8", start, end), joined.resolve),
          closed: (code, reason) => this.faults.push(`an honest client was closed: ${code} ${reason}`),
        },
        { subprotocol: SUBPROTOCOL, headers: HEADERS },
      );
      client.send(textFrame(`{"op":"hello","ref":0,"user":"honest-${i}"}`));
      client.send(textFrame('{"op":"join","ref":1,"room":"honest"}'));
      await joined.promise;
      this.#clients.push(client);
    }
    this.#timers = this.#clients.map((client) =>
      setInterval(() => {
        const data = performance.now();
        client.send(textFrame(`{"op":"publish","ref":2,"room":"honest","type":"note","data":${data}}`));
      }, PERIOD),
    );
  }

  /** Asks for to-dos at a steady rate. */
  askForTodos(url: string): void {
    const address = new URL("/api/todos?list=honest", url.replace("ws:", "http:"));
    this.#timers.push(
      setInterval(async () => {
        const begun = performance.now();
        const response = await fetch(address, { headers: HEADERS }).catch(() => undefined);
        if (this.#clients.length === 0) return; // closed meanwhile
        if (response?.status === 200) this.todoLatency.add(performance.now() - begun);
        else this.faults.push(`an honest request for to-dos was refused: ${response?.status}`);
      }, TODO_PERIOD),
    );
  }

  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const client of this.#clients) client.terminate();
    this.#clients = [];
  }

  #receive(index: number, text: string, joined: () => void): void {
    const now = performance.now();
    const value = JSON.parse(text) as Frame | Frame[];
    for (const frame of Array.isArray(value) ? value : [value]) {
      if (frame.op === "live") {
        this.#seen[index] = frame.offset;
        joined();
      } else if (frame.op === "error") {
        this.faults.push(`an honest client was refused: ${text}`);
      } else if (frame.op === "message") {
        if (frame.offset !== (this.#seen[index] ?? 0) + 1) this.faults.push(`a gap before ${frame.offset}`);
        this.#seen[index] = frame.offset;
        this.latency.add(now - frame.data);
      }
    }
  }
}

interface Frame {
  readonly op: string;
  readonly offset: number;
  readonly data: number;
}

import { type ClientFrame, type ServerFrame, SUBPROTOCOL } from "@fanfare/protocol";
import { Mailbox } from "@fanfare/testing/mailbox";
import type { ServerWebSocket } from "bun";

/** Ops that this version of the protocol does not have are possible, too. */
type ReceivedRequest = {
  readonly op: ClientFrame["op"] | "refresh";
  readonly ref: number;
  readonly [field: string]: unknown;
};

/** One client, as a server sees it that sends what the test says. */
export class ScriptedPeer {
  /** What the client has sent, batches taken apart. */
  readonly requests: Mailbox<ReceivedRequest>;
  /** The bytes of each frame that has come. */
  readonly frameBytes: number[] = [];
  readonly closed: Promise<void>;
  readonly #goodbye = Promise.withResolvers<void>();

  constructor(
    name: string,
    private readonly socket: ServerWebSocket<unknown>,
  ) {
    this.requests = new Mailbox(name);
    this.closed = this.#goodbye.promise;
  }

  /** The next request of that kind. */
  request(op: ReceivedRequest["op"]): Promise<ReceivedRequest> {
    return this.requests.next((frame) => frame.op === op);
  }

  /** Frames as the protocol has them. */
  send(...frames: ServerFrame[]): void {
    this.text(JSON.stringify(frames.length === 1 ? frames[0] : frames));
  }

  /** Anything at all. */
  text(frame: string): void {
    this.socket.send(frame);
  }

  bytes(frame: Uint8Array<ArrayBuffer>): void {
    this.socket.send(frame);
  }

  /** Waits for `hello` and answers it. */
  async greet(user = "ada", frame = 65_536): Promise<void> {
    const { ref } = await this.request("hello");
    this.send({
      op: "ok",
      ref,
      connection: "c1",
      user,
      publisher: "public",
      time: Date.now(),
      heartbeat: { ping: 54_000, dead: 60_000 },
      limits: { frame, rooms: 1000, inFlight: 64 },
    });
  }

  /** Waits for a join and answers it: a room without a past. @returns the room */
  async admit(offset = 0): Promise<string> {
    const { ref, room } = await this.request("join");
    const name = String(room);
    this.send({ op: "ok", ref, room: name, epoch: "e1", offset }, { op: "live", room: name, offset });
    return name;
  }

  close(code?: number, reason?: string): void {
    this.socket.close(code, reason);
  }

  /** Drops the TCP connection. */
  terminate(): void {
    this.socket.terminate();
  }

  /** For the server alone. */
  receive(text: string): void {
    this.frameBytes.push(Buffer.byteLength(text));
    const value: ReceivedRequest | ReceivedRequest[] = JSON.parse(text);
    this.requests.push(...(Array.isArray(value) ? value : [value]));
  }

  /** For the server alone. */
  end(): void {
    this.requests.end("the client is gone");
    this.#goodbye.resolve();
  }
}

/** A server that sends what a test says. */
export class ScriptedServer implements AsyncDisposable {
  readonly peers = new Mailbox<ScriptedPeer>("the scripted server");
  readonly url: URL;
  readonly #server: Bun.Server<unknown>;

  /** @param script what to do with each client; without one the test talks to `peers` itself */
  constructor(script: (peer: ScriptedPeer) => unknown = () => {}) {
    const peers = new Map<ServerWebSocket<unknown>, ScriptedPeer>();
    this.#server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: (request, server) =>
        server.upgrade(request, { data: undefined, headers: { "Sec-WebSocket-Protocol": SUBPROTOCOL } })
          ? undefined
          : new Response(null, { status: 426 }),
      websocket: {
        // The client is under test: the server must not end a connection by itself.
        idleTimeout: 0,
        sendPings: false,
        maxPayloadLength: 64 * 1024,
        backpressureLimit: 1024 * 1024 * 1024,
        open: (socket) => {
          const peer = new ScriptedPeer(`peer ${this.peers.all.length + 1}`, socket);
          peers.set(socket, peer);
          this.peers.push(peer);
          // A script that waits for a client that has gone rejects.
          Promise.resolve(script(peer)).catch(() => {});
        },
        message: (socket, message) => peers.get(socket)?.receive(String(message)),
        close: (socket) => {
          peers.get(socket)?.end();
          peers.delete(socket);
        },
      },
    });
    this.url = new URL(`http://127.0.0.1:${this.#server.port}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(true);
  }
}

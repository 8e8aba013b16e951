import { Mailbox } from "./mailbox.ts";

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** One WebSocket: the text messages that it received, and how it was closed. */
export class WebSocketClient {
  readonly frames: Mailbox<string>;
  readonly closed: Promise<Closed>;
  /** Called with each frame after `frames` has it. */
  onFrame: ((text: string) => void) | undefined;
  readonly #ws: Bun.WebSocket;

  private constructor(name: string, ws: Bun.WebSocket) {
    this.#ws = ws;
    this.frames = new Mailbox(name);
    const { promise, resolve } = Promise.withResolvers<Closed>();
    this.closed = promise;
    ws.onmessage = ({ data }) => {
      this.frames.push(String(data));
      this.onFrame?.(String(data));
    };
    ws.onclose = ({ code, reason }) => {
      this.frames.end(`closed with ${code} ${reason}`);
      resolve({ code, reason });
    };
  }

  /** @param path below the server's address, with its query. @throws if the server does not upgrade. */
  static async open(name: string, server: URL, path: string, subprotocol?: string): Promise<WebSocketClient> {
    const url = new URL(path, server);
    url.protocol = "ws:";
    // With the types of the DOM loaded as well, `WebSocket` would be the browser's.
    const ws = new WebSocket(url, subprotocol === undefined ? [] : [subprotocol]);
    const client = new WebSocketClient(name, ws as unknown as Bun.WebSocket);
    await new Promise<void>((resolve, reject) => {
      ws.onopen = () => resolve();
      void client.closed.then(({ code, reason }) => reject(new Error(`${url}: ${code} ${reason}`)));
    });
    return client;
  }

  get open(): boolean {
    return this.#ws.readyState === WebSocket.OPEN;
  }

  get protocol(): string {
    return this.#ws.protocol;
  }

  send(frame: string | Uint8Array<ArrayBuffer>): void {
    this.#ws.send(frame);
  }

  /** Closes with a close frame. */
  async close(): Promise<Closed> {
    this.#ws.close();
    return this.closed;
  }

  /** Closes the socket without a close frame. */
  async terminate(): Promise<Closed> {
    this.#ws.terminate();
    return this.closed;
  }
}

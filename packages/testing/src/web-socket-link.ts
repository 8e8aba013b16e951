import { Inbox } from "./inbox.ts";

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** One WebSocket: what came as text, whole frames, and how it ended. */
export class WebSocketLink {
  readonly frames: Inbox<string>;
  readonly closed: Promise<Closed>;
  /** Called with each frame, once it is in `frames`. */
  onFrame: ((text: string) => void) | undefined;
  readonly #ws: Bun.WebSocket;

  private constructor(name: string, ws: Bun.WebSocket) {
    this.#ws = ws;
    this.frames = new Inbox(name);
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
  static async open(name: string, server: URL, path: string, subprotocol?: string): Promise<WebSocketLink> {
    const url = new URL(path, server);
    url.protocol = "ws:";
    // Where the types of the DOM hold as well, they are not those of what this is.
    const ws = new WebSocket(url, subprotocol === undefined ? [] : [subprotocol]);
    const link = new WebSocketLink(name, ws as unknown as Bun.WebSocket);
    await new Promise<void>((resolve, reject) => {
      ws.onopen = () => resolve();
      void link.closed.then(({ code, reason }) => reject(new Error(`${url}: ${code} ${reason}`)));
    });
    return link;
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

  /** Says goodbye. */
  async close(): Promise<Closed> {
    this.#ws.close();
    return this.closed;
  }

  /** Goes without a word. */
  async terminate(): Promise<Closed> {
    this.#ws.terminate();
    return this.closed;
  }
}

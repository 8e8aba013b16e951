import { type Closed, WebSocketClient } from "./web-socket-client.ts";

export interface ChatFrame {
  readonly type: string;
  readonly content: string;
  readonly room: string;
  readonly username: string;
  readonly offset?: number;
}

/** A client of the chat dialect: it sends text and receives JSON frames. */
export class ChatClient {
  private constructor(private readonly socket: WebSocketClient) {}

  /** @param path room and query as in the address: `room1?username=Eren`. */
  static async open(server: URL, path: string): Promise<ChatClient> {
    return new ChatClient(await WebSocketClient.open(path, server, `/ws/${path}`));
  }

  /** Connects and waits for its own `user_joined`, which the server sends to every member. */
  static async enter(server: URL, room: string, username: string, query = ""): Promise<ChatClient> {
    const client = await ChatClient.open(
      server,
      `${encodeURIComponent(room)}?username=${encodeURIComponent(username)}${query}`,
    );
    await client.next(({ type, username: who }) => type === "user_joined" && who === username);
    return client;
  }

  get closed(): Promise<Closed> {
    return this.socket.closed;
  }

  /** Every frame so far, literally. */
  get raw(): readonly string[] {
    return this.socket.frames.all;
  }

  get frames(): ChatFrame[] {
    return this.raw.map((text) => JSON.parse(text) as ChatFrame);
  }

  send(content: string | Uint8Array<ArrayBuffer>): void {
    this.socket.send(content);
  }

  /** The next `count` frames, literally. */
  take(count: number): Promise<string[]> {
    return this.socket.frames.take(count);
  }

  async next(matches: (frame: ChatFrame) => boolean = () => true): Promise<ChatFrame> {
    return JSON.parse(await this.socket.frames.next((text) => matches(JSON.parse(text))));
  }

  /** Waits for a `chat` frame with this content. */
  said(content: string): Promise<ChatFrame> {
    return this.next((frame) => frame.type === "chat" && frame.content === content);
  }

  when(condition: () => boolean): Promise<void> {
    return this.socket.frames.when(condition);
  }

  close(): Promise<Closed> {
    return this.socket.close();
  }

  terminate(): Promise<Closed> {
    return this.socket.terminate();
  }
}

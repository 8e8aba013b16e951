import { type Closed, WebSocketLink } from "./web-socket-link.ts";

export interface ChatFrame {
  readonly type: string;
  readonly content: string;
  readonly room: string;
  readonly username: string;
  readonly offset?: number;
}

/** A client of the seed's chat wire: text in, frames out. */
export class ChatClient {
  private constructor(private readonly link: WebSocketLink) {}

  /** @param path room and query, as they stand in the address: `room1?username=Eren`. */
  static async open(server: URL, path: string): Promise<ChatClient> {
    return new ChatClient(await WebSocketLink.open(path, server, `/ws/${path}`));
  }

  /** Opens and waits for its own `user_joined`: it is in the room and everyone there has been told. */
  static async enter(server: URL, room: string, username: string, query = ""): Promise<ChatClient> {
    const client = await ChatClient.open(
      server,
      `${encodeURIComponent(room)}?username=${encodeURIComponent(username)}${query}`,
    );
    await client.next(({ type, username: who }) => type === "user_joined" && who === username);
    return client;
  }

  get closed(): Promise<Closed> {
    return this.link.closed;
  }

  /** Every frame so far, literally. */
  get raw(): readonly string[] {
    return this.link.frames.all;
  }

  get frames(): ChatFrame[] {
    return this.raw.map((text) => JSON.parse(text) as ChatFrame);
  }

  send(content: string | Uint8Array<ArrayBuffer>): void {
    this.link.send(content);
  }

  /** The next `count` frames, literally. */
  take(count: number): Promise<string[]> {
    return this.link.frames.take(count);
  }

  async next(matches: (frame: ChatFrame) => boolean = () => true): Promise<ChatFrame> {
    return JSON.parse(await this.link.frames.next((text) => matches(JSON.parse(text))));
  }

  /** Waits for a `chat` frame with this content. */
  said(content: string): Promise<ChatFrame> {
    return this.next((frame) => frame.type === "chat" && frame.content === content);
  }

  when(condition: () => boolean): Promise<void> {
    return this.link.frames.when(condition);
  }

  close(): Promise<Closed> {
    return this.link.close();
  }

  terminate(): Promise<Closed> {
    return this.link.terminate();
  }
}

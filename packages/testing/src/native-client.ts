import {
  type ClientFrame,
  type ErrorFrame,
  type HelloReply,
  type HistoryReply,
  type JoinReply,
  type JoinRequest,
  type Json,
  type MembersReply,
  type MessageFrame,
  type PublishReply,
  type ServerFrame,
  SUBPROTOCOL,
} from "@fanfare/protocol";
import { Mailbox } from "./mailbox.ts";
import { type Closed, WebSocketClient } from "./web-socket-client.ts";

type WithoutRef<T> = T extends { readonly ref: number } ? Omit<T, "ref"> : never;
export type Request = WithoutRef<ClientFrame>;
export type Reply = Extract<ServerFrame, { readonly op: "ok" | "pong" }> | ErrorFrame;

interface Greeting {
  readonly user?: string;
  readonly publisher?: string;
}

/** A minimal native client: it sends requests and keeps every frame that it receives. */
export class NativeClient {
  /** Every frame that the server sent; those of a batch one by one. */
  readonly frames: Mailbox<ServerFrame>;
  /** The messages among them. */
  readonly messages: MessageFrame[] = [];
  /** Called with each message before `frames` has it. */
  onMessage: ((message: MessageFrame) => void) | undefined;
  hello: HelloReply | undefined;
  #ref = 0;
  readonly #replies = new Map<number, PromiseWithResolvers<Reply>>();

  private constructor(
    name: string,
    readonly socket: WebSocketClient,
  ) {
    this.frames = new Mailbox(name);
    socket.onFrame = (text) => this.#receive(text);
    void socket.closed.then(({ code, reason }) => {
      this.frames.end(`closed with ${code} ${reason}`);
      for (const { reject } of this.#replies.values()) reject(new Disconnected(name, code, reason));
      this.#replies.clear();
    });
  }

  /** Opens a connection without a `hello`. */
  static async open(server: URL, name = "a native client", path = "/ws"): Promise<NativeClient> {
    return new NativeClient(name, await WebSocketClient.open(name, server, path, SUBPROTOCOL));
  }

  /** Opens a connection and sends `hello`. */
  static async connect(server: URL, user: string, greeting: Greeting = {}): Promise<NativeClient> {
    const client = await NativeClient.open(server, user);
    client.hello = (await client.ok({ op: "hello", user, ...greeting })) as HelloReply;
    return client;
  }

  get closed(): Promise<Closed> {
    return this.socket.closed;
  }

  /** Sends one request. @returns its reply, an error as well. @throws {Disconnected} if the connection ends before. */
  request(request: Request): Promise<Reply> {
    const ref = ++this.#ref;
    const reply = Promise.withResolvers<Reply>();
    this.#replies.set(ref, reply);
    this.socket.send(JSON.stringify({ ...request, ref }));
    return reply.promise;
  }

  /** Sends a request. @throws if the reply is an error */
  async ok(request: Request): Promise<Exclude<Reply, ErrorFrame>> {
    const reply = await this.request(request);
    if (reply.op === "error") throw new Error(`${JSON.stringify(request)}: ${JSON.stringify(reply)}`);
    return reply;
  }

  async join(room: string, how: Omit<JoinRequest, "op" | "ref" | "room"> = {}): Promise<JoinReply> {
    return (await this.ok({ op: "join", room, ...how })) as JoinReply;
  }

  /** Joins and waits until the replay is over. */
  async follow(room: string, how: Omit<JoinRequest, "op" | "ref" | "room"> = {}): Promise<JoinReply> {
    const reply = await this.join(room, how);
    await this.next((frame) => frame.op === "live" && frame.room === room);
    return reply;
  }

  async publish(
    room: string,
    type: string,
    data: Json,
    idempotence: { id?: string; n?: number } = {},
  ): Promise<PublishReply> {
    return (await this.ok({ op: "publish", room, type, data, ...idempotence })) as PublishReply;
  }

  async history(room: string, range: { before?: number; after?: number; limit?: number } = {}) {
    return (await this.ok({ op: "history", room, ...range })) as HistoryReply;
  }

  async members(room: string): Promise<MembersReply> {
    return (await this.ok({ op: "members", room })) as MembersReply;
  }

  /** The whole log of a room, by pages. */
  async log(room: string): Promise<HistoryReply["messages"][number][]> {
    const messages: HistoryReply["messages"][number][] = [];
    for (;;) {
      const page = await this.history(room, { after: messages.at(-1)?.offset ?? 0, limit: 1000 });
      messages.push(...page.messages);
      if (page.messages.length === 0) return messages;
    }
  }

  next(matches: (frame: ServerFrame) => boolean = () => true): Promise<ServerFrame> {
    return this.frames.next(matches);
  }

  /** Waits until so many messages have come. */
  received(count: number): Promise<void> {
    return this.frames.when(() => this.messages.length >= count, `${count} messages`);
  }

  send(text: string): void {
    this.socket.send(text);
  }

  close(): Promise<Closed> {
    return this.socket.close();
  }

  terminate(): Promise<Closed> {
    return this.socket.terminate();
  }

  #receive(text: string): void {
    const value = JSON.parse(text) as ServerFrame | ServerFrame[];
    const frames = Array.isArray(value) ? value : [value];
    for (const frame of frames) {
      if (frame.op === "message") {
        this.messages.push(frame);
        this.onMessage?.(frame);
      }
      if ((frame.op === "ok" || frame.op === "error" || frame.op === "pong") && frame.ref !== undefined) {
        this.#replies.get(frame.ref)?.resolve(frame);
        this.#replies.delete(frame.ref);
      }
    }
    this.frames.push(...frames);
  }
}

/** The connection ended with the request unanswered. */
export class Disconnected extends Error {
  constructor(
    client: string,
    readonly code: number,
    reason: string,
  ) {
    super(`${client} was closed with ${code} ${reason}`);
  }
}

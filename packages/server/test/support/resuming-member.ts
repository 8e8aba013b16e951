import type { JoinReply, MessageFrame, Position, ResetFrame } from "@fanfare/protocol";
import { NativeClient } from "@fanfare/testing/native-client";

/** Follows one room over every disconnect: resumes after the last message that it got. */
export class ResumingMember {
  /** Over all connections, in order of arrival. */
  readonly messages: MessageFrame[] = [];
  readonly resets: ResetFrame[] = [];
  position: Position | undefined;
  #client: NativeClient | undefined;

  constructor(
    readonly name: string,
    readonly room: string,
    readonly types?: readonly string[],
  ) {}

  /** Joins, first from the beginning, later from where it was; resolves with the join's reply. */
  async resume(server: URL): Promise<JoinReply> {
    const client = await NativeClient.connect(server, this.name);
    this.#client = client;
    client.onMessage = (message) => {
      this.messages.push(message);
      if (this.position !== undefined) this.position = { epoch: this.position.epoch, offset: message.offset };
    };
    const joining = client.join(this.room, {
      ...(this.position === undefined ? { history: 1000 } : { after: this.position }),
      ...(this.types !== undefined && { types: this.types }),
    });
    const reply = await joining;
    this.position ??= { epoch: reply.epoch, offset: this.messages.at(-1)?.offset ?? 0 };
    void client.closed.then(() => {
      for (const frame of client.frames.all) if (frame.op === "reset") this.resets.push(frame);
    });
    return reply;
  }

  get closed(): Promise<unknown> {
    return this.#client?.closed ?? Promise.resolve();
  }

  /** Waits until it has the message at `offset`, or a later one. */
  async reached(offset: number): Promise<void> {
    await this.#client?.frames.when(() => (this.messages.at(-1)?.offset ?? 0) >= offset, `offset ${offset}`);
  }

  /** Goes without a word. */
  async vanish(): Promise<void> {
    await this.#client?.terminate();
  }
}

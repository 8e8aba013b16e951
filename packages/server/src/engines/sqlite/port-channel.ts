/** Encodes the notices for a node, and sends them through its port. */
import type { NodeChannel } from "../broker/node-channel.ts";
import type {
  Append,
  Change,
  EngineError,
  EngineHealth,
  Outcome,
  RoomSnapshot,
  StoredMessage,
} from "../engine.ts";
import { NoticeWriter, type ToNode } from "./notice-frame.ts";

export class PortChannel implements NodeChannel {
  readonly #port: MessagePort;
  readonly #notices = new NoticeWriter();

  constructor(port: MessagePort) {
    this.#port = port;
  }

  outcome(_append: Append, outcome: Outcome, subscribed: boolean): void {
    this.#notices.outcome(outcome, subscribed);
  }

  message(room: string, message: StoredMessage): void {
    this.#notices.change({ kind: "message", room, message });
  }

  change(change: Exclude<Change, { kind: "message" }>): void {
    this.#notices.change(change);
  }

  settled(): void {
    this.#notices.settled();
  }

  opened(room: string, snapshot: RoomSnapshot): void {
    this.#notices.opened(room, snapshot);
  }

  refused(room: string, error: EngineError): void {
    this.#notices.refused(room, error);
  }

  watching(pattern: string): void {
    this.#notices.watching(pattern);
  }

  health(health: EngineHealth): void {
    this.#notices.health(health);
  }

  disconnected(): void {
    this.#notices.disconnected();
  }

  flush(): void {
    if (this.#notices.empty) return;
    const message: ToNode = { kind: "notices", frame: this.#notices.take() };
    // Goes on in the node's thread: `SqliteNode.#receive`.
    this.#port.postMessage(message);
  }

  dropped(): void {
    this.#port.close();
  }
}

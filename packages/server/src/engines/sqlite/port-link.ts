/** Tells a node through its port. */
import type { Append, Change, EngineHealth, Outcome, RoomSnapshot, StoredMessage } from "../engine.ts";
import type { Link } from "../exchange/link.ts";
import { NoticeWriter, type ToNode } from "./notice-frame.ts";

export class PortLink implements Link {
  readonly #port: MessagePort;
  readonly #notices = new NoticeWriter();

  constructor(port: MessagePort) {
    this.#port = port;
  }

  answer(_append: Append, outcome: Outcome, hears: boolean): void {
    this.#notices.outcome(outcome, hears);
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

  watching(pattern: string): void {
    this.#notices.watching(pattern);
  }

  health(health: EngineHealth): void {
    this.#notices.health(health);
  }

  farewell(): void {
    this.#notices.farewell();
  }

  flush(): void {
    if (this.#notices.empty) return;
    const message: ToNode = { kind: "notices", frame: this.#notices.take() };
    this.#port.postMessage(message);
  }

  dropped(): void {
    this.#port.close();
  }
}

/** The engine's end of the pipe to one node. What is told is passed on by `flush`, in the order of the calls. */
import type { Append, Change, EngineHealth, Outcome, RoomSnapshot, StoredMessage } from "../engine.ts";

export interface Link {
  /** The outcome of one of the node's own appends; if `hears`, a message that was kept now is told as well. */
  answer(append: Append, outcome: Outcome, hears: boolean): void;
  /** A message that another node published. */
  message(room: string, message: StoredMessage): void;
  change(change: Exclude<Change, { kind: "message" }>): void;
  /** One more of the node's submissions has been carried out. */
  settled(): void;
  opened(room: string, snapshot: RoomSnapshot): void;
  watching(pattern: string): void;
  health(health: EngineHealth): void;
  /** The node's last words were carried out; nothing follows. */
  farewell(): void;
  flush(): void;
  /** The exchange has let go of the node, with or without a farewell. */
  dropped(): void;
}

/**
 * The engine's end of the pipe to one node. `flush` sends what the other methods queued, in the order of the calls.
 * An outcome goes on in `PortChannel` (SQLite) or `LocalChannel`.
 */
import type {
  Append,
  Change,
  EngineError,
  EngineHealth,
  Outcome,
  RoomSnapshot,
  StoredMessage,
} from "../engine.ts";

export interface NodeChannel {
  /** The outcome of one of the node's own appends. If `subscribed` and it was kept now, the node also gets the message as a change. */
  outcome(append: Append, outcome: Outcome, subscribed: boolean): void;
  /** A message that another node published. */
  message(room: string, message: StoredMessage): void;
  change(change: Exclude<Change, { kind: "message" }>): void;
  /** One more of the node's submissions has been carried out. */
  settled(): void;
  opened(room: string, snapshot: RoomSnapshot): void;
  refused(room: string, error: EngineError): void;
  watching(pattern: string): void;
  health(health: EngineHealth): void;
  /** The node's `disconnect` was carried out; nothing follows. */
  disconnected(): void;
  flush(): void;
  /** The broker has forgotten the node, whether it disconnected or not. */
  dropped(): void;
}

import { CLOSE, refuse } from "@fanfare/protocol";
import type { Connection } from "../../hub/connection.ts";
import type { Hub } from "../../hub/hub.ts";
import type { Identity } from "../../hub/identity.ts";
import type { ClientSocket } from "../../hub/ports.ts";
import type { ReplayStart } from "../../hub/replay.ts";
import { closeRefused } from "../close-refused.ts";
import type { Session } from "../dialect.ts";
import { PlainJoinObserver } from "../plain-join-observer.ts";
import { RecordEncoder } from "./encoder.ts";
import type { RecordKind } from "./record-kind.ts";

/** One client of a board or a feed: it is in its room from the first moment, and publishes a record with every frame. */
export class RecordSession implements Session {
  readonly #connection: Connection;

  constructor(
    private readonly hub: Hub,
    private readonly socket: ClientSocket,
    identity: Identity,
    private readonly kind: RecordKind,
    private readonly room: string,
    start: ReplayStart,
  ) {
    this.#connection = hub.connect(socket, identity);
    const refusal = hub.join(this.#connection, {
      room,
      start,
      visible: false,
      encoder: new RecordEncoder(kind),
      observer: new PlainJoinObserver(socket),
    });
    if (refusal !== undefined) closeRefused(socket, refusal);
  }

  receive(frame: string): void {
    const { name: type, expected } = this.kind;
    const data = this.kind.parse(parsed(frame), this.hub.clock.now());
    if (data === undefined) {
      this.socket.close(CLOSE.badData.code, expected);
      return;
    }
    const refusal = this.hub.publish(this.#connection, { room: this.room, type, data }, (outcome) => {
      if (outcome.kind !== "kept") closeRefused(this.socket, refuse("unavailable"));
    });
    if (refusal !== undefined) closeRefused(this.socket, refusal);
  }

  writable(): void {
    this.#connection.flow.writable();
  }

  closed(): void {
    this.hub.disconnect(this.#connection);
  }
}

/** One client that listens to all rooms that match a pattern. */
export class ListeningSession implements Session {
  readonly #connection: Connection;

  constructor(
    private readonly hub: Hub,
    private readonly socket: ClientSocket,
    identity: Identity,
    kind: RecordKind,
    pattern: string,
  ) {
    this.#connection = hub.connect(socket, identity);
    const ignore = () => {};
    const refusal = hub.listen(this.#connection, {
      pattern,
      encoder: new RecordEncoder(kind),
      joined: ignore,
      live: ignore,
    });
    if (refusal !== undefined) closeRefused(socket, refusal);
  }

  receive(): void {
    this.socket.close(CLOSE.refused.code, "a pattern is for listening; publish to one of its topics");
  }

  writable(): void {
    this.#connection.flow.writable();
  }

  closed(): void {
    this.hub.disconnect(this.#connection);
  }
}

/** @returns undefined, which no JSON is, where the text is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

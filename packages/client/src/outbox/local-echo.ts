import type { Position } from "@fanfare/protocol";
import { FanfareError } from "../errors.ts";
import type { OutgoingList } from "../outgoing-list.ts";
import type { PublishRecord } from "./outbox-store.ts";
import type { Receipt } from "./room-queue.ts";

/** The part of a room that the local echo uses. */
export interface EchoingRoom {
  /** @internal */
  readonly outgoingList: OutgoingList;
  /** @internal Whether the message of a publish that was acknowledged is still to come. */
  expects(type: string, receipt: Receipt): boolean;
}

interface Awaited {
  readonly key: string;
  readonly at: Position;
}

/** Maintains the outgoing lists of rooms: removes a publish in the same step in which its message comes. */
export class LocalEcho {
  /** Publishes that were acknowledged and whose messages have not come: by room, by message id. */
  readonly #awaited = new Map<string, Map<string, Awaited>>();
  readonly #room: (name: string) => EchoingRoom | undefined;

  /** @param room finds an open room */
  constructor(room: (name: string) => EchoingRoom | undefined) {
    this.#room = room;
  }

  /** Shows a publish that an earlier program left in the store. */
  add(record: PublishRecord): void {
    this.#room(record.room)?.outgoingList.add(record, true);
  }

  acknowledged({ room: name, type, key }: PublishRecord, receipt: Receipt): void {
    const room = this.#room(name);
    if (room?.expects(type, receipt) !== true) {
      room?.outgoingList.remove(key);
      return;
    }
    const awaited = this.#awaited.get(name) ?? new Map<string, Awaited>();
    this.#awaited.set(name, awaited.set(receipt.id, { key, at: receipt }));
    room.outgoingList.change(key, { status: "sent" });
  }

  refused({ room, key }: PublishRecord, error: unknown): void {
    const list = this.#room(room)?.outgoingList;
    if (error instanceof FanfareError && error.code !== "closed")
      list?.change(key, { status: "failed", error });
    else list?.remove(key);
  }

  /** A message has come. @returns the key of its publish, if that was acknowledged before */
  received(room: string, id: string): string | undefined {
    const awaited = this.#awaited.get(room);
    const key = awaited?.get(id)?.key;
    if (awaited === undefined || key === undefined) return undefined;
    awaited.delete(id);
    if (awaited.size === 0) this.#awaited.delete(room);
    this.remove(room, key);
    return key;
  }

  remove(room: string, key: string): void {
    this.#room(room)?.outgoingList.remove(key);
  }

  /**
   * The room has received everything up to `position`: messages up to there that have not come were lost to a reset.
   *
   * @param position undefined: the room was left, and no message comes any more
   */
  caughtUp(room: string, position: Position | undefined): void {
    for (const [id, { at }] of [...(this.#awaited.get(room) ?? [])]) {
      if (at.epoch !== position?.epoch || at.offset <= position.offset) this.received(room, id);
    }
  }
}

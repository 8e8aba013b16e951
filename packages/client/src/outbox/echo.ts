import type { Position } from "@fanfare/protocol";
import { FanfareError } from "../errors.ts";
import type { OutgoingList } from "../outgoing-list.ts";
import type { Draft, Receipt } from "./queue.ts";

/** As much of a room as is needed. */
export interface EchoedRoom {
  /** @internal */
  readonly echo: OutgoingList;
  /** @internal Whether the message of a publish that was kept is still to come. */
  expects(type: string, receipt: Receipt): boolean;
}

interface Awaited {
  readonly key: string;
  readonly at: Position;
}

/** Keeps what rooms show of their publishes true: each is gone in the step in which its message comes, and not before. */
export class Echo {
  /** Acknowledged and not here yet: by room, by message id. */
  readonly #awaited = new Map<string, Map<string, Awaited>>();

  /** @param room one that is open */
  constructor(private readonly room: (name: string) => EchoedRoom | undefined) {}

  /** A publish of an earlier program. */
  added(draft: Draft): void {
    this.room(draft.room)?.echo.add(draft);
  }

  kept({ room: name, type, key }: Draft, receipt: Receipt): void {
    const room = this.room(name);
    if (room?.expects(type, receipt) !== true) {
      room?.echo.remove(key);
      return;
    }
    const awaited = this.#awaited.get(name) ?? new Map<string, Awaited>();
    this.#awaited.set(name, awaited.set(receipt.id, { key, at: receipt }));
    room.echo.change(key, { status: "sent" });
  }

  refused({ room, key }: Draft, error: unknown): void {
    const echo = this.room(room)?.echo;
    if (error instanceof FanfareError && error.code !== "closed")
      echo?.change(key, { status: "failed", error });
    else echo?.remove(key);
  }

  /** A message is here. @returns the key that it was published with, if it was acknowledged before */
  arrived(room: string, id: string): string | undefined {
    const awaited = this.#awaited.get(room);
    const key = awaited?.get(id)?.key;
    if (awaited === undefined || key === undefined) return undefined;
    awaited.delete(id);
    if (awaited.size === 0) this.#awaited.delete(room);
    this.seen(room, key);
    return key;
  }

  /** The message of a publish is here. */
  seen(room: string, key: string): void {
    this.room(room)?.echo.remove(key);
  }

  /**
   * Everything up to this offset has been told: what has not come by now was lost to a reset.
   *
   * @param position undefined: nobody listens any more, so nothing comes back
   */
  reached(room: string, position: Position | undefined): void {
    for (const [id, { at }] of [...(this.#awaited.get(room) ?? [])]) {
      if (at.epoch !== position?.epoch || at.offset <= position.offset) this.arrived(room, id);
    }
  }
}

import type { Attendee } from "../engine.ts";
import type { NodeChannel } from "./node-channel.ts";

/** What the broker knows of one connected node. */
export class NodeSession {
  /** When the node last showed that it is alive, by the broker's clock. */
  renewedAt: number;
  /** The attendees that were removed when the lease ran out, in case the node was only slow. */
  suspended: readonly { readonly room: string; readonly attendee: Attendee }[] | undefined;

  constructor(
    readonly channel: NodeChannel,
    now: number,
  ) {
    this.renewedAt = now;
  }
}

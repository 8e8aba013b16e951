import type { Attendee } from "../engine.ts";
import type { Link } from "./link.ts";

/** A node's place at an exchange. */
export class Seat {
  /** When its node was last heard of, by the exchange's clock. */
  heardAt: number;
  /** Who was taken out of which room when the lease ran out, in case the node was only slow. */
  suspended: readonly { readonly room: string; readonly attendee: Attendee }[] | undefined;

  constructor(
    readonly link: Link,
    now: number,
  ) {
    this.heardAt = now;
  }
}

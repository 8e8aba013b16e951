import type { Backoff, Position } from "@fanfare/protocol";
import { FanfareError, reportFault } from "../errors.ts";
import type { FanfareOptions } from "../options.ts";
import { Echo, type EchoedRoom } from "./echo.ts";
import { Outbox, type OutboxOptions } from "./outbox.ts";
import type { OutboxStore } from "./store.ts";
import { type Heir, TabOutboxes } from "./tab-outboxes.ts";

export interface OutboxesOptions extends Omit<OutboxOptions, "store" | "bounds" | "lost" | "echo"> {
  readonly backoff: Backoff;
  /** Undefined: in memory. `tabs`: one of those that a page's tabs have. */
  readonly store: OutboxStore | "tabs" | undefined;
  readonly bounds: FanfareOptions["outboxLimits"];
  readonly onLost: FanfareOptions["onLost"];
  /** One that is open. */
  readonly room: (name: string) => EchoedRoom | undefined;
  /** Of the server and the user, so that nobody publishes what somebody else wrote. */
  readonly name: string;
  /** Opens a client on an outbox that another tab left behind. */
  readonly inherit: (outbox: OutboxStore) => Heir;
}

const ENTRIES = 1_000;
const BYTES = 8 * 1024 * 1024;

/** A client's own outbox, and those that closed tabs left behind. Loaded when there is something to publish, or may be. */
export class Outboxes {
  private constructor(
    readonly own: Outbox,
    private readonly tabs: TabOutboxes | undefined,
    private readonly echo: Echo,
  ) {}

  static async open({
    store,
    bounds,
    name,
    inherit,
    onLost,
    room,
    ...options
  }: OutboxesOptions): Promise<Outboxes> {
    const tabs = store === "tabs" ? new TabOutboxes(name, inherit) : undefined;
    const echo = new Echo(room);
    const own = await Outbox.open({
      ...options,
      echo,
      lost: (draft, cause) => {
        const error =
          cause instanceof FanfareError ? cause : new FanfareError("outbox_failed", String(cause));
        try {
          onLost?.({ ...draft, error });
        } catch (fault) {
          reportFault(fault);
        }
      },
      store: store === "tabs" ? tabs : store,
      bounds: { entries: bounds?.entries ?? ENTRIES, bytes: bounds?.bytes ?? BYTES },
    });
    return new Outboxes(own, tabs, echo);
  }

  /** Sends what closed tabs left behind; what cannot be sent now stays where it is. */
  async salvage(): Promise<void> {
    await this.tabs?.salvage();
  }

  /** A message has come. @returns the key of the publish that it is, if it is one of ours */
  arrived(room: string, id: string): string | undefined {
    const waiting = this.own.saw(room, id); // the message may be here before the acknowledgement
    if (waiting !== undefined) this.echo.seen(room, waiting);
    return waiting ?? this.echo.arrived(room, id);
  }

  /** As `Echo.reached`. */
  reached(room: string, position: Position | undefined): void {
    this.echo.reached(room, position);
  }

  async close(): Promise<void> {
    await Promise.all([this.tabs?.close(), this.own.close()]);
  }
}

import type { Backoff } from "@fanfare/protocol";
import type { FanfareOptions, Lost } from "../options.ts";
import { type EchoingRoom, LocalEcho } from "./local-echo.ts";
import { Outbox, type OutboxOptions } from "./outbox.ts";
import type { OutboxStore } from "./outbox-store.ts";
import { type OrphanClient, TabOutboxes } from "./tab-outboxes.ts";

export interface OutboxesOptions extends Omit<OutboxOptions, "store" | "bounds" | "onLost" | "localEcho"> {
  readonly backoff: Backoff;
  /** Undefined: in memory. `tabs`: the IndexedDB outbox of this tab. */
  readonly store: OutboxStore | "tabs" | undefined;
  readonly bounds: FanfareOptions["outboxLimits"];
  readonly onLost: (lost: Lost) => void;
  /** Finds an open room. */
  readonly room: (name: string) => EchoingRoom | undefined;
  /** Names the server and the user, so that no user publishes what another one wrote. */
  readonly name: string;
  /** Opens a client on the outbox of a closed tab. */
  readonly openOrphan: (outbox: OutboxStore) => OrphanClient;
}

const ENTRIES = 1_000;
const BYTES = 8 * 1024 * 1024;

/** A client's own outbox, and the outboxes that closed tabs left behind. */
export class Outboxes {
  private constructor(
    readonly own: Outbox,
    readonly tabs: TabOutboxes | undefined,
    readonly localEcho: LocalEcho,
  ) {}

  static async open({
    store,
    bounds,
    name,
    openOrphan,
    onLost,
    room,
    ...options
  }: OutboxesOptions): Promise<Outboxes> {
    const tabs = store === "tabs" ? new TabOutboxes(name, openOrphan) : undefined;
    const localEcho = new LocalEcho(room);
    const own = await Outbox.open({
      ...options,
      localEcho,
      onLost: (record, error) => onLost({ ...record, error }),
      store: store === "tabs" ? tabs : store,
      bounds: { entries: bounds?.entries ?? ENTRIES, bytes: bounds?.bytes ?? BYTES },
    });
    return new Outboxes(own, tabs, localEcho);
  }

  /** A message has come. @returns the key of its publish, if this client published it */
  received(room: string, id: string): string | undefined {
    const waiting = this.own.keyOf(room, id); // the message may come before the acknowledgement
    if (waiting !== undefined) this.localEcho.remove(room, waiting);
    return waiting ?? this.localEcho.received(room, id);
  }

  async close(): Promise<void> {
    await Promise.all([this.tabs?.close(), this.own.close()]);
  }
}

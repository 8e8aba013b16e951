import { Histogram } from "../figures/histogram.ts";
import { Faults } from "./faults.ts";

/** What all connections of one generator counted since its start. */
export class Metrics {
  /** Messages received, over all members. */
  deliveries = 0;
  /** Data frames that carried them, and the bytes of their payloads. */
  frames = 0;
  bytes = 0;
  /** The frame count at which a member walks through the next frame. */
  nextSpotCheck = 0;
  /** Publishes sent, and publishes acknowledged. */
  sent = 0;
  acks = 0;
  /** One message as a member received it. */
  specimen: string | undefined;
  /** From publish to ack. */
  readonly latencies = new Histogram();
  readonly faults = new Faults();
  /** Closes by role and close code: `member 4000`. */
  readonly closes = new Map<string, number>();

  closed(role: "member" | "publisher", code: number): void {
    const key = `${role} ${code}`;
    this.closes.set(key, (this.closes.get(key) ?? 0) + 1);
  }
}

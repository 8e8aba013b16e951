import { Histogram } from "../figures/histogram.ts";
import { Faults } from "./faults.ts";

/** What one generator saw since it began; all its connections count here. */
export class Tally {
  /** Messages received, over all members. */
  deliveries = 0;
  /** Data frames that carried them, and the bytes of their payloads. */
  frames = 0;
  bytes = 0;
  /** At this many frames the next one is looked at in full. */
  nextSpotCheck = 0;
  /** Publishes written, and publishes acknowledged. */
  sent = 0;
  acks = 0;
  /** One message as a member got it. */
  specimen: string | undefined;
  /** From publish to ack. */
  readonly latencies = new Histogram();
  readonly faults = new Faults();
  /** By whose connection it was and the close code: `member 4000`. */
  readonly closes = new Map<string, number>();

  closed(role: "member" | "publisher", code: number): void {
    const key = `${role} ${code}`;
    this.closes.set(key, (this.closes.get(key) ?? 0) + 1);
  }
}

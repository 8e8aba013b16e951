/** Counts what the schedules did, so that a run without any fault is noticed. */
export class ScheduleTally {
  publishes = 0;
  deliveries = 0;
  connections = 0;
  /** Publishes that the server had kept before: their acknowledgement was lost. */
  recognised = 0;

  toString(): string {
    const { publishes, deliveries, connections, recognised } = this;
    return `${publishes} publishes (${recognised} recognised when they came again), ${deliveries} deliveries, ${connections} connections`;
  }
}

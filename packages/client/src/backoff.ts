export interface Backoff {
  /** Milliseconds: what the first delay is at most. */
  readonly min: number;
  /** Milliseconds: what any delay is at most. */
  readonly max: number;
}

/**
 * Full jitter: anything between nothing and a bound that doubles. Clients that were cut off together come back
 * spread out. (AWS Architecture Blog, "Exponential Backoff And Jitter".)
 *
 * @param attempt 0 for the first
 */
export function delayOf({ min, max }: Backoff, attempt: number, random: () => number = Math.random): number {
  return random() * Math.min(max, min * 2 ** Math.min(attempt, 30));
}

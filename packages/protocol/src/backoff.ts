export interface Backoff {
  /** Milliseconds: what the first delay is at most. */
  readonly min: number;
  /** Milliseconds: what any delay is at most. */
  readonly max: number;
}

/**
 * Full jitter: a delay drawn between 0 and a bound that doubles with each attempt, so that clients that lost their
 * connections together do not come back together. (AWS Architecture Blog, "Exponential Backoff And Jitter".)
 *
 * @param attempt 0 for the first
 * @param random from 0 to 1; always 1 gives the bound itself
 * @returns milliseconds
 */
export function backoffDelay(
  { min, max }: Backoff,
  attempt: number,
  random: () => number = Math.random,
): number {
  return random() * Math.min(max, min * 2 ** Math.min(attempt, 30));
}

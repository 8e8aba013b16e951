/** Each bucket's bound is this much above the one before. */
const STEP = 1.02;
const LOWEST = 0.001;
const BUCKETS = 1_000; // from 1 µs to 400 s

/** Times in milliseconds, kept to 2 %. */
export class Histogram {
  readonly #counts: number[];

  /** @param counts as `counts` of another histogram gives them */
  constructor(counts: readonly number[] = []) {
    this.#counts = Array.from({ length: BUCKETS }, (_, index) => counts[index] ?? 0);
  }

  /** One number per bucket, fit for `JSON.stringify`. */
  get counts(): readonly number[] {
    return this.#counts;
  }

  get total(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  add(time: number): void {
    const index = Math.ceil(Math.log(time / LOWEST) / Math.log(STEP));
    const bucket = Math.min(BUCKETS - 1, Math.max(0, index));
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
  }

  /** @param share from 0 to 1. @returns the time within which this share of the entries lies; NaN without entries */
  quantile(share: number): number {
    let missing = Math.max(1, Math.ceil(share * this.total));
    for (let index = 0; index < BUCKETS; index += 1) {
      missing -= this.#counts[index] ?? 0;
      if (missing <= 0) return LOWEST * STEP ** index;
    }
    return Number.NaN;
  }

  clear(): void {
    this.#counts.fill(0);
  }
}

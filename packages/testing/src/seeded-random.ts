/** Random numbers from a seed, which it prints so that a run can be repeated: `SEED=… npm test`. */
export class SeededRandom {
  readonly seed: number;
  #state: number;

  constructor(purpose: string) {
    this.seed = Number(process.env.SEED ?? crypto.getRandomValues(new Uint32Array(1))[0]) >>> 0;
    this.#state = this.seed;
    console.log(`${purpose}: SEED=${this.seed}`);
  }

  /** An integer from 0 to `bound - 1`. */
  below(bound: number): number {
    // mulberry32
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % bound;
  }

  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }
}

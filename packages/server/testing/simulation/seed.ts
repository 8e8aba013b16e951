import type { Randomness } from "../../src/hub/ports.ts";

/** Random numbers and names that are the same for the same seed (mulberry32). */
export class Seed implements Randomness {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** From 0 up to, not including, `below`. */
  readonly integer = (below: number): number => Math.floor(this.#next() * below);

  name(): string {
    return this.#text(16);
  }

  digest(text: string): string {
    let state = 0;
    for (const char of text) state = (Math.imul(state, 31) + (char.codePointAt(0) ?? 0)) | 0;
    return new Seed(state).#text(12);
  }

  #text(length: number): string {
    return Array.from({ length }, () => this.integer(36).toString(36)).join("");
  }

  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }
}

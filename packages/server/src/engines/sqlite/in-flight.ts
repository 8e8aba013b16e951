/** Appends that wait for their outcomes, in order of submission. */
import type { Append } from "../engine.ts";

export class InFlight {
  #appends: Append[] = [];
  #first = 0;

  add(append: Append): void {
    this.#appends.push(append);
  }

  shift(): Append {
    const append = this.#appends[this.#first++];
    if (append === undefined) throw new RangeError("there are more outcomes than appends");
    // Cutting off the front copies the rest: not for each one.
    if (this.#first * 2 > this.#appends.length) this.#cut();
    return append;
  }

  removeAll(): Append[] {
    this.#cut();
    const appends = this.#appends;
    this.#appends = [];
    return appends;
  }

  #cut(): void {
    this.#appends = this.#appends.slice(this.#first);
    this.#first = 0;
  }
}

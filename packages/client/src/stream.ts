import { FanfareError } from "./errors.ts";
import type { Abortable } from "./value.ts";

/**
 * What is pushed at one end comes out of the other by `for await`, at the reader's pace. A reader that falls more
 * than `bound` behind gets an error with code `overflow`: nothing waits without a bound, and nothing is left out silently.
 */
export class Stream<T> implements AsyncIterableIterator<T, undefined, undefined> {
  #waiting: T[] = [];
  #ended = false;
  #fault: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;
  readonly #release: () => void;

  /** @param source is handed what to call with each item, and gives back what stops it. */
  constructor(
    source: (push: (item: T) => void, end: (error?: unknown) => void) => () => void,
    readonly bound: number,
    { signal }: Abortable = {},
  ) {
    const end = (error?: unknown) => this.#end(error === undefined ? undefined : { error });
    const abort = () => end(signal?.reason);
    const stop = source((item) => this.#push(item), end);
    this.#release = () => {
      stop();
      signal?.removeEventListener("abort", abort);
    };
    if (signal?.aborted === true) abort();
    else signal?.addEventListener("abort", abort);
  }

  /** What came before the end is read first; then the error is thrown, once. */
  async next(): Promise<IteratorResult<T, undefined>> {
    for (;;) {
      if (this.#waiting.length > 0) return { done: false, value: this.#waiting.shift() as T };
      const fault = this.#fault;
      this.#fault = undefined;
      if (fault !== undefined) throw fault.error;
      if (this.#ended) return { done: true, value: undefined };
      await new Promise<void>((resolve) => {
        const others = this.#wake;
        this.#wake = () => {
          others?.();
          resolve();
        };
      });
    }
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#waiting = [];
    this.#end(undefined);
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #push(item: T): void {
    if (this.#ended) return;
    if (this.#waiting.length >= this.bound) {
      const error = new FanfareError("overflow", `More than ${this.bound} messages wait for this reader.`);
      this.#end({ error });
      return;
    }
    this.#waiting.push(item);
    this.#stir();
  }

  #end(fault: { readonly error: unknown } | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#fault = fault;
    this.#release();
    this.#stir();
  }

  #stir(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

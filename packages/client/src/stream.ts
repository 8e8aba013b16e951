import { FanfareError } from "./errors.ts";
import { type Abortable, Cell } from "./value.ts";

/**
 * What is pushed at one end comes out of the other by `for await`, at the reader's pace. A reader that falls more
 * than `bound` behind gets an error with code `overflow`: nothing waits without a bound, and nothing is left out silently.
 */
export class Stream<T> implements AsyncIterableIterator<T, undefined> {
  #waiting: T[] = [];
  /** Undefined until it has ended; then what to throw, if anything. */
  #end: { readonly error?: unknown } | undefined;
  readonly #turns = new Cell(0);
  readonly #release: () => void;
  readonly #unwatch: () => void;

  /** @param source is handed what to call with each item and at the end, and gives back what stops it */
  constructor(
    source: (push: (item: T) => void, end: (error?: unknown) => void) => () => void,
    private readonly bound: number,
    { signal }: Abortable = {},
  ) {
    const abort = () => this.#finish(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    this.#unwatch = () => signal?.removeEventListener("abort", abort);
    this.#release = source(
      (item) => this.#push(item),
      (error) => this.#finish(error),
    );
    if (signal?.aborted === true) abort();
  }

  /** What came before the end is read first; then the error is thrown, once. */
  async next(): Promise<IteratorResult<T, undefined>> {
    for (;;) {
      if (this.#waiting.length > 0) return { done: false, value: this.#waiting.shift() as T };
      if (this.#end !== undefined) break;
      // Several may wait at once (one that lost a race against a timer): each gets an item of its own.
      await this.#turns.until(() => this.#waiting.length > 0 || this.#end !== undefined);
    }
    const { error } = this.#end;
    this.#end = {};
    if (error !== undefined) throw error;
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#waiting = [];
    this.#finish();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #push(item: T): void {
    if (this.#waiting.length < this.bound) this.#waiting.push(item);
    else this.#finish(new FanfareError("overflow", `More than ${this.bound} messages wait.`));
    this.#turns.set(this.#turns.value + 1);
  }

  #finish(error?: unknown): void {
    if (this.#end !== undefined) return;
    this.#end = { error };
    // A source may end it before it has said how to stop it.
    queueMicrotask(() => {
      this.#unwatch();
      this.#release();
    });
    this.#turns.set(this.#turns.value + 1);
  }
}

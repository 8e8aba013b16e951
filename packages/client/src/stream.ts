import { FanfareError } from "./errors.ts";
import type { Abortable } from "./listeners.ts";
import { onAbort } from "./on-abort.ts";
import { WritableValue } from "./value.ts";

/**
 * An async iterator over what its source pushes. A reader that falls more than `bound` items behind gets an error with
 * code `overflow`; no item is dropped silently.
 */
export class Stream<T> implements AsyncIterableIterator<T, undefined> {
  #waiting: T[] = [];
  /** Set once the stream has ended; `error` is thrown to the reader, if there is one. */
  #end: { readonly error?: unknown } | undefined;
  readonly #changes = new WritableValue(0);
  readonly #release: () => void;
  readonly #ignoreSignal: () => void;
  readonly #bound: number;

  /** @param source gets `push` and `end`, and returns a function that stops it */
  constructor(
    source: (push: (item: T) => void, end: (error?: unknown) => void) => () => void,
    bound: number,
    { signal }: Abortable = {},
  ) {
    this.#bound = bound;
    const abort = () => this.#finish(signal?.reason);
    this.#ignoreSignal = onAbort(signal, abort);
    this.#release = source(
      (item) => this.#push(item),
      (error) => this.#finish(error),
    );
    if (signal?.aborted === true) abort();
  }

  /** Returns the items that came before the end first; then throws the error, once. */
  async next(): Promise<IteratorResult<T, undefined>> {
    for (;;) {
      if (this.#waiting.length > 0) return { done: false, value: this.#waiting.shift() as T };
      if (this.#end !== undefined) break;
      // Several calls may wait at once (after a race against a timer, say); each gets an item of its own.
      await this.#changes.until(() => this.#waiting.length > 0 || this.#end !== undefined);
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
    if (this.#waiting.length < this.#bound) this.#waiting.push(item);
    else this.#finish(new FanfareError("overflow", `More than ${this.#bound} messages wait.`));
    this.#changes.set(this.#changes.value + 1);
  }

  #finish(error?: unknown): void {
    if (this.#end !== undefined) return;
    this.#end = { error };
    // The source may call `end` before it has returned its stop function.
    queueMicrotask(() => {
      this.#ignoreSignal();
      this.#release();
    });
    this.#changes.set(this.#changes.value + 1);
  }
}

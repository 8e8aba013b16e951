import type { Lifetime } from "./lifetime.ts";
import { type Abortable, Listeners } from "./listeners.ts";
import { onAbort } from "./on-abort.ts";

/**
 * An observable value: read it, subscribe to it, or iterate over it. It is a store for Svelte (`$state`), for `from` of
 * Solid and RxJS, and for React's `useSyncExternalStore`.
 */
export interface Value<T> {
  readonly value: T;
  /**
   * Calls `listener` with the present value at once, and on every change. It needs no `this`.
   *
   * @returns unsubscribes; so does the signal
   */
  readonly subscribe: (listener: (value: T) => void, options?: Abortable) => () => void;
  /** Calls `listener` on every change. @returns unsubscribes; so does the signal */
  listen(listener: (value: T) => void, options?: Abortable): () => void;
  /**
   * Gives the present value, then the latest one after each change. It ends when the client is closed.
   *
   * @throws the signal's reason
   */
  values(options?: Abortable): AsyncIterableIterator<T>;
  /** As `values`. */
  [Symbol.asyncIterator](): AsyncIterator<T, undefined, undefined>;
}

/** A `Value` that can be set. */
export class WritableValue<T> implements Value<T> {
  readonly #listeners: Listeners<T>;
  /** Of `until`. */
  readonly #waiting = new Listeners<T>();
  #value: T;
  #changes = 0;
  readonly #lifetime: Lifetime | undefined;

  constructor(value: T, lifetime?: Lifetime) {
    this.#lifetime = lifetime;
    this.#value = value;
    this.#listeners = new Listeners(lifetime?.report);
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    if (value === this.#value) return;
    this.#value = value;
    const change = ++this.#changes;
    // If a listener sets another value, that one has been emitted to all: stop, so that no listener gets an old value last.
    const isCurrent = () => change === this.#changes;
    this.#listeners.emit(value, isCurrent);
    this.#waiting.emit(value, isCurrent);
  }

  readonly subscribe = (listener: (value: T) => void, options?: Abortable): (() => void) =>
    this.#listeners.add(listener, options, this.#value);

  listen(listener: (value: T) => void, options?: Abortable): () => void {
    return this.#listeners.add(listener, options);
  }

  /** Checks again what `until` and loops wait for: something else than the value has changed. */
  wake(): void {
    this.#waiting.emit(this.#value);
  }

  /** Waits for a value that passes. @throws the signal's reason, or what `passes` throws */
  until(passes: (value: T) => boolean, { signal }: Abortable = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (passes(this.#value)) return resolve();
      const end = () => {
        unsubscribe();
        ignoreSignal();
      };
      const ignoreSignal = onAbort(signal, () => {
        end();
        reject(signal?.reason);
      });
      const unsubscribe = this.#waiting.add((value) => {
        try {
          if (!passes(value)) return;
          resolve();
        } catch (error) {
          reject(error);
        }
        end();
      });
    });
  }

  async *values(options?: Abortable): AsyncGenerator<T, undefined, undefined> {
    for (let given = this.#value; ; given = this.#value) {
      yield given;
      await this.until((value) => value !== given || this.#lifetime?.ended === true, options);
      if (this.#value === given) return;
    }
  }

  [Symbol.asyncIterator](): AsyncIterator<T, undefined, undefined> {
    return this.values();
  }
}

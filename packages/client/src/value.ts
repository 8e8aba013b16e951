import { type Abortable, Listeners } from "./listeners.ts";

/** An observable value: read it, subscribe to it, or iterate over it. It fits React's `useSyncExternalStore`. */
export interface Value<T> {
  readonly value: T;
  /** Calls `listener` on every change. @returns unsubscribes; so does the signal */
  subscribe(listener: (value: T) => void, options?: Abortable): () => void;
  /**
   * Gives the present value, then the latest one after each change. `client.state` and `client.outbox` end when the client
   * is closed; the values of a room do not end by themselves.
   *
   * @throws the signal's reason
   */
  values(options?: Abortable): AsyncIterableIterator<T, undefined, undefined>;
  /** As `values`. */
  [Symbol.asyncIterator](): AsyncIterator<T, undefined, undefined>;
}

/** A `Value` that can be set. */
export class WritableValue<T> implements Value<T> {
  readonly #listeners = new Listeners<T>();
  #value: T;
  #changes = 0;

  /** @param isLast whether the present value is the last one; called after each change */
  constructor(
    value: T,
    private readonly isLast: () => boolean = () => false,
  ) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    if (value === this.#value) return;
    this.#value = value;
    const change = ++this.#changes;
    // If a listener sets another value, that one has been emitted to all: stop, so that no listener gets an old value last.
    this.#listeners.emit(value, () => change === this.#changes);
  }

  subscribe(listener: (value: T) => void, options?: Abortable): () => void {
    return this.#listeners.add(listener, options);
  }

  /** Waits for a value that passes. @throws the signal's reason, or what `passes` throws */
  until(passes: (value: T) => boolean, { signal }: Abortable = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (passes(this.#value)) return resolve();
      const end = () => {
        unsubscribe();
        signal?.removeEventListener("abort", abort);
      };
      const abort = () => {
        end();
        reject(signal?.reason);
      };
      const unsubscribe = this.subscribe((value) => {
        try {
          if (!passes(value)) return;
          resolve();
        } catch (error) {
          reject(error);
        }
        end();
      });
      signal?.addEventListener("abort", abort);
    });
  }

  async *values(options?: Abortable): AsyncGenerator<T, undefined, undefined> {
    for (;;) {
      const given = this.#value;
      yield given;
      if (given === this.#value && this.isLast()) return;
      await this.until((value) => value !== given, options);
    }
  }

  [Symbol.asyncIterator](): AsyncIterator<T, undefined, undefined> {
    return this.values();
  }
}

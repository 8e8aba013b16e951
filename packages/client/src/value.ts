import { reportFault } from "./errors.ts";

export interface Abortable {
  readonly signal?: AbortSignal | undefined;
}

/** A value that changes: read it, subscribe to it, or iterate over it. Fits React's `useSyncExternalStore`. */
export interface Value<T> {
  readonly value: T;
  /** Calls on every change, not at once. @returns what ends it; so does the signal. */
  subscribe(listener: (value: T) => void, options?: Abortable): () => void;
  /**
   * The present value, then the latest one after each change. `client.state` and `client.outbox` end when the client is
   * closed, what belongs to a room does not end by itself.
   *
   * @throws the signal's reason
   */
  values(options?: Abortable): AsyncIterableIterator<T, undefined, undefined>;
  /** As `values`. */
  [Symbol.asyncIterator](): AsyncIterator<T, undefined, undefined>;
}

/** A set of listeners. */
export class Listeners<T> {
  readonly #listeners = new Set<{ readonly call: (payload: T) => void }>();

  get size(): number {
    return this.#listeners.size;
  }

  add(call: (payload: T) => void, { signal }: Abortable = {}): () => void {
    if (signal?.aborted === true) return () => {};
    const listener = { call };
    this.#listeners.add(listener);
    const remove = () => {
      this.#listeners.delete(listener);
      signal?.removeEventListener("abort", remove);
    };
    signal?.addEventListener("abort", remove);
    return remove;
  }

  /** @param isCurrent whether it is still worth telling: a listener may cause the next thing to be told */
  tell(payload: T, isCurrent: () => boolean = () => true): void {
    for (const listener of [...this.#listeners]) {
      if (!isCurrent()) return;
      if (!this.#listeners.has(listener)) continue; // a listener before it has ended it
      try {
        listener.call(payload);
      } catch (error) {
        reportFault(error);
      }
    }
  }
}

/** A `Value` and the right to change it. */
export class Cell<T> implements Value<T> {
  readonly #listeners = new Listeners<T>();
  #value: T;
  #changes = 0;

  /** @param isLast whether what it is now is what it stays; asked after each change */
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
    // Where a listener has set another one, everybody has been told that already: nobody is told an old value last.
    this.#listeners.tell(value, () => change === this.#changes);
  }

  subscribe(listener: (value: T) => void, options?: Abortable): () => void {
    return this.#listeners.add(listener, options);
  }

  /** Waits for a value that passes. @throws the signal's reason */
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
      const told = this.#value;
      yield told;
      if (told === this.#value && this.isLast()) return;
      await this.until((value) => value !== told, options);
    }
  }

  [Symbol.asyncIterator](): AsyncIterator<T, undefined, undefined> {
    return this.values();
  }
}

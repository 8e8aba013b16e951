import { onAbort } from "./on-abort.ts";

export interface Abortable {
  readonly signal?: AbortSignal | undefined;
}

/** A set of listeners. */
export class Listeners<T> {
  readonly #listeners = new Set<{ readonly call: (payload: T) => unknown }>();
  readonly #report: (error: unknown) => void;

  /** @param report gets what a listener throws, or rejects with */
  constructor(report: (error: unknown) => void = console.error) {
    this.#report = report;
  }

  /**
   * @param first what the listener gets at once
   * @returns removes the listener; so does the signal
   */
  add(call: (payload: T) => void, { signal }: Abortable = {}, ...first: [] | [T]): () => void {
    if (signal?.aborted === true) return () => {};
    const listener = { call };
    this.#listeners.add(listener);
    const remove = () => {
      this.#listeners.delete(listener);
      ignoreSignal();
    };
    const ignoreSignal = onAbort(signal, remove);
    for (const payload of first) this.#call(listener, payload);
    return remove;
  }

  /** @param isCurrent checked before each call, as a listener may cause the next payload to be emitted */
  emit(payload: T, isCurrent: () => boolean = () => true): void {
    for (const listener of [...this.#listeners]) {
      // An earlier listener may have removed it.
      if (isCurrent() && this.#listeners.has(listener)) this.#call(listener, payload);
    }
  }

  #call(listener: { readonly call: (payload: T) => unknown }, payload: T): void {
    try {
      const result = listener.call(payload);
      if (result instanceof Promise) result.catch(this.#report);
    } catch (error) {
      this.#report(error);
    }
  }
}

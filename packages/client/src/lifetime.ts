/** The client that values and listeners belong to: whether it was closed, and where errors of listeners are reported. */
export class Lifetime {
  /** `close` was called: nothing new may begin. */
  closing = false;
  /** The client was closed. */
  ended = false;

  readonly #onError: ((error: unknown) => void) | undefined;

  constructor(onError: ((error: unknown) => void) | undefined) {
    this.#onError = onError;
  }

  /** Reports what a listener threw. */
  readonly report = (error: unknown): void => {
    try {
      (this.#onError ?? console.error)(error);
    } catch (fault) {
      console.error(fault);
    }
  };

  /** For a loop that begins now. @returns gives undefined in place of an error if the client was closed meanwhile */
  loop(): (error: unknown) => unknown {
    const { ended } = this;
    return (error) => (this.ended && !ended ? undefined : error);
  }
}

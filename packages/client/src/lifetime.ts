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

  /**
   * Called when an application begins to loop over messages or pages.
   * @returns a function that maps an error to the one that the loop throws: undefined if the client was closed since the
   *   loop began, which then ends without an error
   */
  loop(): (error: unknown) => unknown {
    const { ended } = this;
    return (error) => (this.ended && !ended ? undefined : error);
  }
}

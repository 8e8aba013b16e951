/** A mistake in the command line, the configuration or the places they name: one sentence, no stack trace. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The server cannot listen where it is configured to. The message is one sentence that names the fix. */
export class ListenError extends Error {
  override readonly name = "ListenError";
  constructor(
    /** The system's code, such as `EADDRINUSE`, `EACCES` or `ENOTSOCK`; or `certificate`. */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

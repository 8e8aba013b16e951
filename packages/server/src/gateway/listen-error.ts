/** Why nothing can listen where the configuration says: one sentence that names the fix. */
export class ListenError extends Error {
  override readonly name = "ListenError";
  constructor(
    /** As the system calls it where it does: `EADDRINUSE`, `EACCES`, `ENOTSOCK`, …; or `certificate`. */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

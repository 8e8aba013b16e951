import { isatty } from "node:tty";

/** Milliseconds within which a second SIGHUP is the first one again, passed on by npm or by the launcher. */
const SAME = 1_000;
const STDIN = 0;

export interface SignalHandlers {
  /** Called for every SIGTERM and SIGINT. A second one must not mean force. */
  readonly stop: (signal: NodeJS.Signals) => void;
  /** Reads the certificates again. */
  readonly reload: () => void;
}

/**
 * Handles the server's signals (SPEC STOP-1, STOP-3). SIGHUP comes from an operator who wants the certificates read
 * again, and from a terminal that closes. A closed terminal leaves standard input without one; then the server stops,
 * since nothing else would stop it.
 */
export function handleSignals({ stop, reload }: SignalHandlers): void {
  const onTerminal = isatty(STDIN);
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => stop(signal));
  let reloaded = Number.NEGATIVE_INFINITY;
  process.on("SIGHUP", () => {
    if (onTerminal && !isatty(STDIN)) {
      stop("SIGHUP");
      return;
    }
    if (performance.now() - reloaded < SAME) return;
    reloaded = performance.now();
    reload();
  });
}

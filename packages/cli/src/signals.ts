import { isatty } from "node:tty";

/** A signal that comes again within so many ms is the same one, passed on by npm or by the launcher, too. */
const SAME = 1_000;
const STDIN = 0;

export interface Orders {
  /** Called for every signal that asks for an end: however often, it must not mean force. */
  readonly stop: (signal: NodeJS.Signals) => void;
  /** Read again what can be read again. */
  readonly reload: () => void;
}

/**
 * What signals mean to the server (SPEC STOP-1, STOP-3). SIGHUP is sent both by whoever wants the certificate to be
 * read again and by a terminal that closes. The second leaves standard input without its terminal, and then nobody
 * is there any more who could end the server.
 */
export function obeySignals({ stop, reload }: Orders): void {
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

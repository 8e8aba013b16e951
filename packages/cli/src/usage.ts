/** A mistake in the command line or the place it names: one sentence, no stack trace. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export const HELP = `Fanfare: rooms with live messages, presence and durable history over WebSocket.

usage: fanfare serve [flags]

  --port N        where to listen; 0 takes a free port      (8080)
  --host H        the address to listen on                  (localhost: this machine alone)
  --engine E      sqlite (durable) or memory                (sqlite)
  --data DIR      where the sqlite engine keeps its files   (./data)

  fanfare --help, fanfare --version`;

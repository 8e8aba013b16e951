import { EngineError, type FanfareServer, startServer } from "@fanfare/server";
import { parseServeFlags, type ServeFlags } from "./flags.ts";
import { HELP, UsageError } from "./usage.ts";

/** Starts the server and says where to look; SIGTERM and SIGINT stop it, however often they come. */
export async function serve(args: string[]): Promise<void> {
  const flags = parseServeFlags(args);
  if (flags.help) {
    console.log(HELP);
    return;
  }
  const starting = start(flags);
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    const server = await starting.catch(() => undefined); // whose failure is told below
    await server?.stop();
    if (server !== undefined) process.exit(0);
  };
  // Before it is up, since whoever reads that it is may end it at once. A terminal's Ctrl-C arrives from the
  // terminal, from the launcher and from npm: the second must not mean force.
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => void stop());
  const server = await starting;
  if (!stopping) console.log(welcome(server, flags));
}

async function start(flags: ServeFlags): Promise<FanfareServer> {
  try {
    return await startServer(flags);
  } catch (error) {
    throw error instanceof EngineError ? explainedStore(error, flags) : explained(error, flags);
  }
}

/** The errors of opening the store, with what to do about them. */
function explainedStore(error: EngineError, { engine }: ServeFlags): unknown {
  const directory = engine.kind === "sqlite" ? engine.directory : "memory";
  switch (error.kind) {
    case "in-use":
      return new UsageError(
        `the data directory ${directory} is in use by another server; stop that one, or choose another with --data`,
      );
    case "newer-version":
      return new UsageError(
        `the data directory ${directory} was written by a newer Fanfare; start that one again`,
      );
    case "not-a-database":
      return new UsageError(
        `the data directory ${directory} has a fanfare.db that is not Fanfare's; choose another with --data`,
      );
    case "damaged":
      return new UsageError(
        `the database in ${directory} is damaged and was left as it is; restore it from a backup (${error.message})`,
      );
    case "unavailable":
      return new UsageError(
        `the data directory ${directory} cannot be used; choose another with --data (${error.message})`,
      );
  }
}

/** The errors of listening, by their code; any other as it is. */
function explained(error: unknown, { host, port }: ServeFlags): unknown {
  if (!(error instanceof Error && "code" in error)) return error;
  switch (error.code) {
    case "EADDRINUSE":
      return new UsageError(
        `port ${port} on ${host} is taken; choose another with --port, or 0 for a free one`,
      );
    case "EACCES":
      return new UsageError(`port ${port} may not be used by this user; choose one above 1023 with --port`);
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EINVAL":
    case "EEXIST": // Bun's word for a name that nobody knows
      return new UsageError(`--host is ${JSON.stringify(host)}; no address of this machine is called so`);
    default:
      return error;
  }
}

function welcome({ url }: FanfareServer, { engine }: ServeFlags): string {
  const origin = url.origin;
  const socket = origin.replace(/^http/, "ws");
  const kept =
    engine.kind === "sqlite" ? `kept in ${engine.directory}` : "in memory alone: gone when this stops";
  return `Fanfare is up at ${origin}

  chat        ${socket}/ws/lobby?username=you   (try: npx wscat -c '${socket}/ws/lobby?username=you')
  native      ${socket}/ws   (subprotocol fanfare.v1.json, see SPEC.md)
  health      ${origin}/health
  messages    ${kept}

Ctrl-C stops it.`;
}

import { type FanfareServer, startServer } from "@fanfare/server";
import { parseServeFlags, type ServeFlags } from "./flags.ts";
import { HELP, UsageError } from "./usage.ts";

/** Starts the server and says where to look; SIGTERM and SIGINT stop it, however often they come. */
export async function serve(args: string[]): Promise<void> {
  const flags = parseServeFlags(args);
  if (flags.help) {
    console.log(HELP);
    return;
  }
  const server = await start(flags);
  console.log(welcome(server, flags));
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    await server.stop();
    process.exit(0);
  };
  // A terminal's Ctrl-C arrives from the terminal, from the launcher and from npm: the second must not mean force.
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => void stop());
}

async function start({ host, port, engine }: ServeFlags): Promise<FanfareServer> {
  try {
    return await startServer({ host, port, engine });
  } catch (error) {
    throw explained(error, host, port);
  }
}

/** The errors of listening, by their code; any other as it is. */
function explained(error: unknown, host: string, port: number): unknown {
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

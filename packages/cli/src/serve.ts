import { env } from "node:process";
import {
  type Config,
  ConsoleLog,
  type FanfareServer,
  faultFields,
  firstOf,
  type HttpHandlers,
  isText,
  startServer,
} from "@fanfare/server";
import { configOf } from "./configuration/configuration.ts";
import { parseFlags } from "./configuration/flags.ts";
import { resolveSettings } from "./configuration/resolved-settings.ts";
import { SERVE_HELP } from "./help.ts";
import { obeySignals } from "./signals.ts";
import { explainFailure } from "./start-failure.ts";
import { databaseOf, Todos, todoLimitsOf } from "./todos.ts";
import { webPages } from "./web-pages.ts";
import { welcome } from "./welcome.ts";

/** An end that takes longer hangs somewhere, in ms. */
const LONGEST_STOP = 9_500;

/** Starts the server and says where to look; SIGTERM and SIGINT stop it, however often they come. */
export async function serve(args: readonly string[]): Promise<void> {
  const commandLine = parseFlags(args, "serve");
  if (commandLine.help) {
    console.log(SERVE_HELP);
    return;
  }
  const settings = resolveSettings(commandLine, env);
  const config = configOf(settings);
  const log = ConsoleLog.open(config.log);
  // Bun would print a fault's text as it is, and with it whatever a client has put there.
  const crash = (fault: unknown) => {
    log.error("server.crashed", faultFields(fault));
    void log.flush().finally(() => process.exit(1));
  };
  process.on("uncaughtException", crash);
  process.on("unhandledRejection", crash);
  const web = webPages(settings.web.value, log);
  const todos = new Todos(databaseOf(settings), todoLimitsOf(settings), log);
  const http = firstOf([todos.handle, ...(web ? [web.http] : [])]);
  const starting = start(config, log, todos, { http, ...(web && { notFound: web.notFound }) });
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), LONGEST_STOP);
    const server = await starting.catch(() => undefined); // whose failure is told below
    if (server === undefined) return;
    await todos.close();
    await server.stop();
    await web?.close();
    await log.flush();
    process.exit(0);
  };
  // Before it is up, since whoever reads that it is may end it at once.
  obeySignals({
    stop: () => void stop(),
    reload: () => void starting.then((server) => server.reload()).catch(() => {}),
  });
  const server = await starting;
  // Listening comes first: what is asked for meanwhile waits until the pages are there.
  if (!stopping) void web?.prepare();
  if (!stopping && isText(config.log.format)) log.say(welcome(server, config, web?.paths ?? []));
}

async function start(
  config: Config,
  log: ConsoleLog,
  todos: Todos,
  answers: HttpHandlers,
): Promise<FanfareServer> {
  try {
    // Whatever starts this program again does what is needed: the log is whole.
    const onLost = () => void log.flush().finally(() => process.exit(1));
    return await startServer(config, { ...answers, log, onLost, prepare: (server) => todos.open(server) });
  } catch (error) {
    throw explainFailure(error, config);
  }
}

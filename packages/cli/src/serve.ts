import { env } from "node:process";
import {
  type Config,
  ConsoleLog,
  type FanfareServer,
  type FrontPageEntry,
  faultFields,
  firstOf,
  type HttpHandlers,
  isText,
  startServer,
} from "@fanfare/server";
import type { WebApps } from "@fanfare/web";
import { configOf } from "./configuration/configuration.ts";
import { parseFlags } from "./configuration/flags.ts";
import { resolveSettings } from "./configuration/resolved-settings.ts";
import { SERVE_HELP } from "./help.ts";
import { handleSignals } from "./signals.ts";
import { explainFailure } from "./start-failure.ts";
import { databaseOf, Todos, todoLimitsOf } from "./todos.ts";
import { webPages } from "./web-pages.ts";
import { welcome } from "./welcome.ts";

/** Milliseconds after which a stop that has not ended is taken for stuck. */
const LONGEST_STOP = 9_500;

/** Starts the server and prints its addresses. SIGTERM and SIGINT stop it; repeated signals do not force it. */
export async function serve(args: readonly string[]): Promise<void> {
  const commandLine = parseFlags(args, "serve");
  if (commandLine.help) {
    console.log(SERVE_HELP);
    return;
  }
  const settings = resolveSettings(commandLine, env);
  const config = configOf(settings);
  const log = ConsoleLog.open(config.log);
  // Bun would print a fault's text unescaped, with what a client may have put into it.
  const crash = (fault: unknown) => {
    log.error("server.crashed", faultFields(fault));
    void log.flush().finally(() => process.exit(1));
  };
  process.on("uncaughtException", crash);
  process.on("unhandledRejection", crash);
  const web = webPages(settings.web.value, log);
  const todos = new Todos(databaseOf(settings), todoLimitsOf(settings), log);
  const http = firstOf([todos.handle, ...(web ? [web.http] : [])]);
  const starting = start(config, log, todos, {
    http,
    frontPage: frontPageOf(web),
    ...(web && { notFound: web.notFound }),
  });
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), LONGEST_STOP);
    const server = await starting.catch(() => undefined); // `serve` throws its error
    if (server === undefined) return;
    await todos.close();
    await server.stop();
    await web?.close();
    await log.flush();
    process.exit(0);
  };
  // Installed before the server listens, since a program that reads the address may stop it at once.
  handleSignals({
    stop: () => void stop(),
    reload: () => void starting.then((server) => server.reload()).catch(() => {}),
  });
  const server = await starting;
  // The server listens first; requests for pages wait until they are built.
  if (!stopping) void web?.prepare();
  if (!stopping && isText(config.log.format))
    log.say(welcome(server, config, web?.pages.map(({ path }) => path) ?? []));
}

/** What `GET /` lists for programs beside the server's own addresses. */
function frontPageOf(web: WebApps | undefined): readonly FrontPageEntry[] {
  const pages = web?.pages.map((page) => ({ kind: "page" as const, ...page })) ?? [];
  return [...pages, { kind: "api", path: "/api/todos", title: "to-do lists" }];
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

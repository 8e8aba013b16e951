import { type Config, configuredEngine, type FanfareServer, type MountConfig } from "@fanfare/server";

const NATIVE = "(subprotocol fanfare.v1.json, here and at all the others; see SPEC.md)";

/**
 * The text that a terminal shows at start: the addresses, and where messages are kept.
 *
 * @param pages their paths; none where the web apps are off
 */
export function welcome(
  { url }: FanfareServer,
  { listen, engine, mounts }: Config,
  pages: readonly string[],
): string {
  const where = listen.kind === "unix" ? listen.path : url.origin;
  // A client of a unix socket names the socket beside the address.
  const socket = listen.kind === "unix" ? "" : url.origin.replace(/^http/, "ws");
  const health =
    listen.kind === "unix"
      ? `curl --unix-socket ${shellQuoted(listen.path)} http://localhost/health`
      : `${url.origin}/health`;
  const plain = mounts.find(({ path }) => !path.includes(":"))?.path;
  const browsed = listen.kind === "unix" ? [] : pages;
  const rows = [
    ...(browsed.length === 0 ? [] : [row("browser", url.origin + browsed.join("   "))]),
    ...[...Map.groupBy(mounts, ({ dialect }) => dialect)].map(([dialect, own]) =>
      row(dialect, addresses(socket, own)),
    ),
    ...(plain === undefined ? [] : [row("native", `${socket}${plain}   ${NATIVE}`)]),
    row("health", health),
    row("messages", configuredEngine(engine).description),
  ];
  return `Fanfare is up at ${where}

${rows.join("\n")}

Ctrl-C stops it.`;
}

/** The first of a dialect's mounts in full, ready to be tried; the paths of the others. */
function addresses(socket: string, [first, ...others]: readonly MountConfig[]): string {
  if (first === undefined) return "";
  const rest = others.map(({ path }) => path);
  if (first.dialect !== "chat") return [`${socket}${first.path}`, ...rest].join("   ");
  const example = `${socket}${first.path.replace(/:\w+$/, "lobby")}?username=you`;
  const hint = socket === "" ? [] : [`(try: npx wscat -c '${example}')`];
  return [example, ...rest, ...hint].join("   ");
}

/** As a shell takes it for one word. */
function shellQuoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

function row(what: string, where: string): string {
  return `  ${what.padEnd(10)}  ${where}`;
}

import type { Config, FanfareServer, MountConfig } from "@fanfare/server";

const NATIVE = "(subprotocol fanfare.v1.json, here and at all the others; see SPEC.md)";

/** What a person at a terminal reads first: where to look, and what is kept. */
export function welcome({ url }: FanfareServer, { engine, mounts }: Config): string {
  const { origin } = url;
  const socket = origin.replace(/^http/, "ws");
  const spoken = [...Map.groupBy(mounts, ({ dialect }) => dialect)].map(([dialect, own]) =>
    row(dialect, address(socket, own)),
  );
  const plain = mounts.find(({ path }) => !path.includes(":"))?.path;
  const kept =
    engine.kind === "sqlite" ? `kept in ${engine.directory}` : "in memory alone: gone when this stops";
  const rows = [
    ...spoken,
    ...(plain === undefined ? [] : [row("native", `${socket}${plain}   ${NATIVE}`)]),
    row("health", `${origin}/health`),
    row("messages", kept),
  ];
  return `Fanfare is up at ${origin}

${rows.join("\n")}

Ctrl-C stops it.`;
}

/** The first of a dialect's mounts in full, ready to be tried; the paths of the others. */
function address(socket: string, [first, ...others]: readonly MountConfig[]): string {
  if (first === undefined) return "";
  if (first.dialect === "chat") {
    const example = `${socket}${first.path.replace(/:\w+$/, "lobby")}?username=you`;
    return `${example}   (try: npx wscat -c '${example}')`;
  }
  return [`${socket}${first.path}`, ...others.map(({ path }) => path)].join("   ");
}

function row(what: string, where: string): string {
  return `  ${what.padEnd(10)}  ${where}`;
}

import { FILE_VARIABLE } from "./configuration/environment.ts";
import { FILE_FLAG } from "./configuration/flags.ts";
import { flagOf, type Setting } from "./configuration/setting.ts";
import { GROUPS, KEYS, type Key, SETTINGS } from "./configuration/settings.ts";

const COLUMN = 2 + Math.max(...KEYS.map((key) => heading(key)?.length ?? 0)) + 2;
const WIDTH = 112;

/** `fanfare --help`: what there is to do. */
export const HELP = `Fanfare: rooms with live messages, presence and durable history over WebSocket.

usage: fanfare COMMAND [flags]

  serve           start the server; stop it with Ctrl-C or SIGTERM
  config          show the configuration that serve would start with, and where each value comes from
  --help          this page; \`fanfare serve --help\` lists all flags
  --version       the version

For example:

  fanfare serve                                 http://localhost:8080, messages kept in ./data
  fanfare serve --port 3000 --data /var/lib/fanfare
  fanfare serve --port 3000 --mount /ws=echo --engine memory
  fanfare config --port 3000

${group(["port", "host", "mounts", "origins", "engine", "data"])}
${row(`${FILE_FLAG} FILE`, "a configuration file", "fanfare.toml, if it is there")}`;

/** `fanfare serve --help`: all flags. */
export const SERVE_HELP = flagPage(
  "usage: fanfare serve [flags]",
  "Starts the server. Ctrl-C or SIGTERM stops it: whatever was acknowledged is kept.",
);

/** `fanfare config --help`. */
export const CONFIG_HELP = flagPage(
  "usage: fanfare config [flags of serve]",
  "Shows the configuration that `fanfare serve` with the same flags would start with here, as TOML, and where each value comes from.",
);

function flagPage(usage: string, what: string): string {
  const groups = GROUPS.map(([title, keys]) => `${title}\n${group(keys)}`).join("\n\n");
  return `${usage}

${what}

${groups}

Elsewhere
${row(`${FILE_FLAG} FILE`, `a configuration file; also ${FILE_VARIABLE}`, "fanfare.toml, if it is there")}

Each can also be set in the file (log.level) and by a variable (FANFARE_LOG_LEVEL; PORT will do for FANFARE_PORT).
A flag goes before a variable, a variable before the file. docs/configuration.md tells more.`;
}

function group(keys: readonly Key[]): string {
  return keys
    .flatMap((key) => {
      const { help, repeatable }: { readonly help: string; readonly repeatable?: boolean } = SETTINGS[key];
      const flag = heading(key);
      return flag === undefined ? [] : [row(flag, help, repeatable === true ? "repeatable" : shown(key))];
    })
    .join("\n");
}

/** `--port N` */
function heading(key: Key): string | undefined {
  const flag = flagOf(key, SETTINGS[key]);
  return flag && `${flag} ${SETTINGS[key].kind.placeholder}`.trim();
}

/** The value that holds where nothing else is said, as people write it; empty where there is none. */
export function shown(key: Key): string {
  const setting = SETTINGS[key] as Setting<unknown>;
  if (setting.fallback === false) return "";
  const printed = setting.shown ?? setting.kind.print(setting.fallback) ?? "";
  return printed.replace(/^"(.*)"$/, "$1");
}

/** The text goes on under itself where the line ends. */
function row(flag: string, text: string, usual: string): string {
  const lines = [""];
  for (const word of `${text}${usual === "" ? "" : ` (${usual})`}`.split(" ")) {
    const last = lines.at(-1) ?? "";
    if (COLUMN + last.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  const [first = "", ...rest] = lines;
  return [`  ${flag.padEnd(COLUMN - 2)}${first}`, ...rest.map((line) => " ".repeat(COLUMN) + line)].join(
    "\n",
  );
}

import { FILE_VARIABLE } from "./configuration/environment.ts";
import { FILE_FLAG } from "./configuration/flags.ts";
import { flagOf, type Setting } from "./configuration/setting.ts";
import { KEYS, KEYS_BY_GROUP, type Key, SETTINGS } from "./configuration/settings.ts";

const COLUMN = 2 + Math.max(...KEYS.map((key) => heading(key)?.length ?? 0)) + 2;
const WIDTH = 112;

/** `fanfare --help`. */
export const HELP = `Fanfare: rooms with live messages, presence and durable history over WebSocket.

usage: fanfare COMMAND [flags]

  serve           start the server; stop it with Ctrl-C or SIGTERM
  config          show the configuration that serve would start with, and where each value comes from
  token           make a token for development, signed with the server's secret; \`fanfare token --help\`
  revoke          close a user's connections and refuse their tokens for a while; \`fanfare revoke --help\`
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

/** `fanfare token --help`. */
export const TOKEN_HELP = `usage: fanfare token --user NAME [--room PATTERN=PERMISSIONS]... [--ttl DURATION] [flags of serve]

Prints a token for development, signed with the secret that \`fanfare serve\` with the same flags would have
(FANFARE_TOKEN_SECRET, or token.secret in the file). In production a backend of yours makes them: docs/security.md.

  --user NAME                   whose it is
  --room PATTERN=PERMISSIONS    what it allows: join, publish, event, presence, history, admin; repeatable.
                                Without it, policies say what the user may do
  --ttl DURATION                how long it holds (1h)

For example:

  fanfare token --user alice --room 'chat:*=join,publish,history'`;

/** `fanfare revoke --help`. */
export const REVOKE_HELP = `usage: fanfare revoke (--user NAME | --connection ID) [--for DURATION] [--server URL] [flags of serve]

Closes a user's connections, or one, and refuses the user's tokens, or the one it came with. It asks the server over
HTTP, with a token of FANFARE_ADMIN_TOKEN, or else one made by the secret, as \`fanfare token\` makes them.

  --user NAME                   whose tokens; or
  --connection ID               which connection
  --for DURATION                how long they are refused (1h); 0s takes it back
  --server URL                  the server (http://localhost:8080)`;

function flagPage(usage: string, what: string): string {
  const groups = KEYS_BY_GROUP.map(([title, keys]) => `${title}\n${group(keys)}`).join("\n\n");
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
  return flag && `${flag} ${SETTINGS[key].type.placeholder}`.trim();
}

/** The default as people write it; empty where there is none. */
export function shown(key: Key): string {
  const setting = SETTINGS[key] as Setting<unknown>;
  if (setting.default === false) return "";
  const printed = setting.defaultText ?? setting.type.format(setting.default) ?? "";
  return printed.replace(/^"(.*)"$/, "$1");
}

/** Wraps the text in a column of its own. */
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

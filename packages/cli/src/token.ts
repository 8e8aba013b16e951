import { env } from "node:process";
import { parseUserName } from "@fanfare/protocol";
import { mintToken, parsePermissions, type TokenSpec, wrongWithPattern } from "@fanfare/server";
import { only, takeFlags } from "./command-flags.ts";
import { parseFlags } from "./configuration/flags.ts";
import { parseDuration } from "./configuration/quantity.ts";
import { type ResolvedSettings, resolveSettings } from "./configuration/resolved-settings.ts";
import { TOKEN_HELP } from "./help.ts";
import { UsageError } from "./usage-error.ts";

const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;

/** Prints a token for development. @throws {UsageError} */
export async function token(args: readonly string[]): Promise<void> {
  const { own, rest } = takeFlags(args, ["--user", "--room", "--ttl"]);
  const commandLine = parseFlags(rest, "token");
  if (commandLine.help) {
    console.log(TOKEN_HELP);
    return;
  }
  const given = only(own["--user"]);
  if (given === undefined) throw new UsageError("--user is missing; say whose token it is: --user alice");
  const user = parseUserName(given);
  if (user === undefined || user.startsWith("guest-")) {
    throw new UsageError(
      `--user is ${JSON.stringify(given)}; it takes a name of 1 to 64 characters that does not begin with guest-`,
    );
  }
  const ttlMs = durationOf("--ttl", only(own["--ttl"]) ?? "1h");
  const rooms = own["--room"].length > 0 ? Object.fromEntries(own["--room"].map(parseRoom)) : undefined;
  console.log(await mint(resolveSettings(commandLine, env), { user, ttlMs, ...(rooms && { rooms }) }));
}

/** Signs a token with the configured secret, issuer and audience. @throws {UsageError} where there is no secret */
export function mint(settings: ResolvedSettings, minting: TokenSpec): Promise<string> {
  const secret = settings["token.secret"].value;
  if (secret === undefined) {
    throw new UsageError("there is no secret to sign with; set FANFARE_TOKEN_SECRET to that of the server");
  }
  const issuer = settings["token.issuer"].value;
  const audience = settings["token.audience"].value;
  return mintToken(secret, {
    ...minting,
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience }),
  });
}

export function durationOf(flag: string, text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms <= YEAR) return ms;
  throw new UsageError(`${flag} is ${JSON.stringify(text)}; it takes a duration such as 15m, 1h or 7d`);
}

function parseRoom(text: string): [string, NonNullable<ReturnType<typeof parsePermissions>>] {
  const equals = text.lastIndexOf("=");
  const pattern = text.slice(0, Math.max(0, equals)).normalize("NFC");
  const may = parsePermissions(text.slice(equals + 1));
  if (may !== undefined && equals > 0 && wrongWithPattern(pattern) === undefined) return [pattern, may];
  throw new UsageError(
    `--room is ${JSON.stringify(text)}; it takes a pattern and permissions, such as chat:*=join,publish`,
  );
}

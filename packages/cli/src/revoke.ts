import { env } from "node:process";
import { BodyTooLarge, legible, readBody } from "@fanfare/server";
import { only, takeFlags } from "./command-flags.ts";
import { parseFlags } from "./configuration/flags.ts";
import { resolveSettings } from "./configuration/resolved-settings.ts";
import { REVOKE_HELP } from "./help.ts";
import { durationOf, mint } from "./token.ts";
import { UsageError } from "./usage-error.ts";

/** An administrator's token, for where the server's secret is not available. */
const TOKEN_VARIABLE = "FANFARE_ADMIN_TOKEN";
const MINUTE = 60_000;
/** Ms and bytes: another program may listen there, and send for ever. */
const LONGEST_ANSWER = 10_000;
const LARGEST_ANSWER = 64 * 1024;

const NOT_WRITTEN =
  "the server cannot write the revocation to disk: it holds until the server restarts, and the server goes on trying to write it";

interface RevokeBody {
  readonly user: string | undefined;
  readonly connection: string | undefined;
  readonly seconds: number;
}

/** Asks a server to revoke. @throws {UsageError} if it refuses */
export async function revoke(args: readonly string[]): Promise<void> {
  const { own, rest } = takeFlags(args, ["--user", "--connection", "--for", "--server"]);
  const commandLine = parseFlags(rest, "revoke");
  if (commandLine.help) {
    console.log(REVOKE_HELP);
    return;
  }
  const [user, connection] = [only(own["--user"]), only(own["--connection"])];
  if ((user === undefined) === (connection === undefined)) {
    throw new UsageError("it takes --user or --connection, and not both (fanfare revoke --help)");
  }
  const seconds = Math.round(durationOf("--for", only(own["--for"]) ?? "1h") / 1000);
  const { [TOKEN_VARIABLE]: given, ...environment } = env;
  const settings = resolveSettings(commandLine, environment);
  const admin = { user: "fanfare-revoke", ttlMs: MINUTE, rooms: { "*": ["admin"] } } as const;
  const token = given ?? (await mint(settings, admin));
  const server = only(own["--server"]) ?? `http://localhost:${settings.port.value}`;
  if (!URL.canParse("/api/admin/revoke", server))
    throw new UsageError(`--server is ${JSON.stringify(server)}, which is no address`);
  console.log(await post(new URL("/api/admin/revoke", server), token, { user, connection, seconds }));
}

async function post(url: URL, token: string, body: RevokeBody): Promise<string> {
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(url, {
      signal: AbortSignal.timeout(LONGEST_ANSWER),
      redirect: "error", // another server must not get the token
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    answer = parseJson(await readBody(response, LARGEST_ANSWER));
  } catch (error) {
    const what = error instanceof BodyTooLarge ? "does not answer like Fanfare" : "cannot be reached";
    throw new UsageError(`the server at ${url.origin} ${what}; name it with --server`);
  }
  // A server that uses tokens knows every user, and answers 404 only for a connection.
  if (response.status === 404 && body.user !== undefined)
    throw new UsageError(
      `the server at ${url.origin} has no ${url.pathname}: it is another server, or uses no tokens, so there are none to refuse (docs/security.md)`,
    );
  if (!response.ok)
    throw new UsageError(
      `the server at ${url.origin} refuses: ${response.status} ${legible(errorOf(answer))}`,
    );
  if (response.status === 202) console.error(`fanfare: ${NOT_WRITTEN}`);
  return legible(JSON.stringify(answer));
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function errorOf(answer: unknown): string {
  return typeof answer === "object" && answer !== null && "error" in answer ? String(answer.error) : "";
}

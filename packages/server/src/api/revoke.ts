import { parseUserName } from "@fanfare/protocol";
import type { HttpHandler } from "../gateway/http-handler.ts";
import { json } from "../gateway/json.ts";
import type { Administration } from "../hub/administration.ts";
import type { AuditLog } from "../telemetry/audit-log.ts";
import type { Authorize } from "./access.ts";

const PATH = "/api/admin/revoke";
const HOUR = 3600;
const LONGEST = 10 * 365 * 24 * HOUR;
const LARGEST_BODY = 4096;

type Order = { readonly seconds: number } & (
  | { readonly user: string; readonly connection?: never }
  | { readonly connection: string; readonly user?: never }
);

/**
 * `POST {"user"|"connection", "seconds"}` by whoever has `admin` in `*` (SPEC AUTH-9): closes the connections of a user,
 * or one, and refuses the user's tokens, or the one it came with, for so long (an hour unless said; 0 takes it back).
 */
export function revoke(authorize: Authorize, administration: Administration, audit: AuditLog): HttpHandler {
  return (request) => {
    if (new URL(request.url).pathname !== PATH) return undefined;
    return request.method === "POST"
      ? answer(request)
      : json(405, { error: "POST alone" }, { allow: "POST" });
  };

  async function answer(request: Request): Promise<Response> {
    const asker = await authorize(request);
    if ("error" in asker) return json(asker.status, { error: asker.error });
    const by = asker.user;
    const lacks = by === undefined ? "This takes a token." : asker.lacks("admin", "*");
    if (lacks !== undefined || by === undefined) return json(by === undefined ? 401 : 403, { error: lacks });
    const order = parseOrder(await readText(request));
    if (order === undefined) {
      return json(400, {
        error: 'it takes {"user":"ada","seconds":3600}, or a connection instead of the user',
      });
    }
    const done = administration.revoke(order);
    if (done === "unknown") return json(404, { error: "there is no such connection on this node" });
    if (done === "full") return json(503, { error: "too many are revoked already; let some of them end" });
    audit.revoked({ by, ...done, user: order.user, connection: order.connection });
    return json(200, done);
  }
}

/** @returns undefined where it is too long */
async function readText(request: Request): Promise<string | undefined> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of request.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > LARGEST_BODY) return undefined;
  }
  return text;
}

function parseOrder(text = ""): Order | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { user, connection, seconds = HOUR }: Readonly<Record<string, unknown>> = { ...value };
  if (typeof seconds !== "number" || !(seconds >= 0 && seconds <= LONGEST)) return undefined;
  const name = parseUserName(user);
  if (name !== undefined && connection === undefined) return { user: name, seconds };
  return typeof connection === "string" && user === undefined ? { connection, seconds } : undefined;
}

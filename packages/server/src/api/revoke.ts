import { isUtf8 } from "node:buffer";
import { parseUserName } from "@fanfare/protocol";
import { isAbandoned } from "../gateway/abandoned-request.ts";
import type { HttpRoute } from "../gateway/http-route.ts";
import { json } from "../gateway/json.ts";
import type { Administration } from "../hub/administration.ts";
import type { AuditLog } from "../telemetry/audit-log.ts";
import type { Authorize } from "./access.ts";

const HOUR = 3600;
const LONGEST = 10 * 365 * 24 * HOUR;
const LARGEST_BODY = 4096;

type RevokeRequest = { readonly seconds: number } & (
  | { readonly user: string; readonly connection?: never }
  | { readonly connection: string; readonly user?: never }
);

/**
 * `POST {"user"|"connection", "seconds"}` with the permission `admin` in `*` (SPEC AUTH-9): closes the connections of a user,
 * or one, and refuses the user's tokens, or the connection's, for so long (an hour where left out; 0 ends a revocation).
 */
export function revoke(authorize: Authorize, administration: Administration, audit: AuditLog): HttpRoute {
  return {
    path: "/api/admin/revoke",
    methods: ["POST"],
    title: "closes connections and refuses tokens",
    handle,
  };

  async function handle(request: Request): Promise<Response> {
    const requester = await authorize(request);
    if ("error" in requester) return json(requester.status, { error: requester.error });
    const by = requester.user;
    const lacks = by === undefined ? "This takes a token." : requester.lacks("admin", "*");
    if (lacks !== undefined || by === undefined) return json(by === undefined ? 401 : 403, { error: lacks });
    const revocation = parseRevokeRequest(await readText(request));
    if (revocation === undefined) {
      return json(400, {
        error: 'it takes {"user":"ada","seconds":3600}, or a connection instead of the user',
      });
    }
    if (await isAbandoned(request)) return json(400, { error: "another request came before the answer" });
    const done = administration.revoke(revocation);
    if (done === "unknown") return json(404, { error: "there is no such connection on this node" });
    if (done === "full") return json(503, { error: "too many are revoked already; let some of them end" });
    audit.revoked({ by, ...done, user: revocation.user, connection: revocation.connection });
    // 202: it holds now, and has still to be written.
    return json(done.kept === false ? 202 : 200, done);
  }
}

/** @returns undefined where the body is too long, or is not UTF-8 */
async function readText(request: Request): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > LARGEST_BODY) return undefined;
  }
  const bytes = Buffer.concat(chunks);
  return isUtf8(bytes) ? bytes.toString() : undefined;
}

function parseRevokeRequest(text = ""): RevokeRequest | undefined {
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

import type { Authentication } from "../auth/authentication.ts";
import type { HttpHandler } from "../gateway/http-handler.ts";
import { json } from "../gateway/json.ts";
import type { Authority } from "../hub/authority.ts";
import type { Authorize } from "./access.ts";

const PATH = "/api/session";

/**
 * Tells a page who it is to the server, which a script cannot see in an `HttpOnly` cookie (SPEC HTTP-8): 200 with
 * `user` (null for a guest) and `expires`, or 401. Both say whether `guests` are admitted; 401 also where to `signIn`.
 */
export function session(authorize: Authorize, authority: Authority, auth?: Authentication): HttpHandler {
  return (request) => {
    if (new URL(request.url).pathname !== PATH) return undefined;
    if (request.method !== "GET" && request.method !== "HEAD") {
      return json(405, { error: "GET alone" }, { allow: "GET, HEAD" });
    }
    return answer(request);
  };

  async function answer(request: Request): Promise<Response> {
    const headers = { "cache-control": "no-store" };
    const guests = authority.admitsGuests;
    if (!authority.tokens) return json(200, { user: null, guests }, headers);
    const asker = await authorize(request);
    if (!("error" in asker) && asker.user !== undefined) {
      return json(200, { user: asker.user, expires: asker.expires, guests }, headers);
    }
    const status = "error" in asker ? asker.status : 401;
    const error = "error" in asker ? asker.error : "There is no token.";
    const { signIn } = auth ?? {};
    return json(status, { error, guests, ...(signIn !== undefined && { signIn }) }, headers);
  }
}

import type { Authentication } from "../auth/authentication.ts";
import type { HttpHandler } from "../gateway/http-handler.ts";
import { json } from "../gateway/json.ts";
import type { Authorizer } from "../hub/authorizer.ts";
import type { Authorize } from "./access.ts";

const PATH = "/api/session";

/**
 * Answers a page which user its request has, since scripts cannot read an `HttpOnly` cookie (SPEC HTTP-8): 200 with
 * `user` (null for a guest) and when that `expires`, by a clock that says `time` now, or 401. Both say whether `guests`
 * are admitted, and where to `signIn`.
 */
export function session(
  authorize: Authorize,
  authorizer: Authorizer,
  now: () => number,
  auth?: Authentication,
): HttpHandler {
  return (request) => {
    if (new URL(request.url).pathname !== PATH) return undefined;
    if (request.method !== "GET" && request.method !== "HEAD") {
      return json(405, { error: "GET alone" }, { allow: "GET, HEAD" });
    }
    return answer(request);
  };

  async function answer(request: Request): Promise<Response> {
    const headers = { "cache-control": "no-store" };
    const guests = authorizer.admitsGuests;
    if (!authorizer.tokens) return json(200, { user: null, guests }, headers);
    const requester = await authorize(request);
    const where = { guests, ...(auth?.signIn !== undefined && { signIn: auth.signIn }) };
    if (!("error" in requester) && requester.user !== undefined) {
      const { user, expires } = requester;
      return json(200, { user, expires, time: now(), ...where }, headers);
    }
    const status = "error" in requester ? requester.status : 401;
    const error = "error" in requester ? requester.error : "There is no token.";
    return json(status, { error, ...where }, headers);
  }
}

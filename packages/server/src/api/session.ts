import type { Authentication } from "../auth/authentication.ts";
import { type HttpRoute, READ_METHODS } from "../gateway/http-route.ts";
import { json } from "../gateway/json.ts";
import type { Authorizer } from "../hub/authorizer.ts";
import type { Authorize } from "./access.ts";

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
): HttpRoute {
  return { path: "/api/session", methods: READ_METHODS, title: "the user of a token", handle };

  async function handle(request: Request): Promise<Response> {
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

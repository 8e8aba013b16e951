import type { Authorize, Requester } from "@fanfare/server";
import { parseUser, USER } from "./author.ts";
import { busy, Problem } from "./problem.ts";

/** @returns who asks @throws {Problem} where nobody is let in so */
export async function askerOf(authorize: Authorize, request: Request): Promise<Requester> {
  const asker = await authorize(request);
  if (!("error" in asker)) return asker;
  throw asker.status === 401
    ? new Problem(401, "unauthorized", asker.error, { headers: { "www-authenticate": "Bearer" } })
    : busy(asker.error);
}

/**
 * The headers of a request, with the name that holds: a token's, or what guests are called here.
 * @throws {Problem} where it was meant to be another user's: a browser sends the cookie that it has by then
 */
export function namedHeaders(headers: Headers, asker: Requester): Headers {
  const named = new Headers(headers);
  const given = headers.get(USER);
  const name = given === null ? undefined : parseUser(given);
  if (asker.user !== undefined) {
    if (name !== undefined && name !== asker.user) throw otherUser(asker.user, name);
    named.set(USER, encodeURIComponent(asker.user));
  } else if (given !== null) {
    // An empty one is refused like any other that is no name.
    named.set(USER, encodeURIComponent((name !== undefined && asker.guest(name)) || ""));
  }
  return named;
}

function otherUser(user: string, name: string): Problem {
  return new Problem(403, "other_user", `The token is that of ${user}, and ${USER} says ${name}.`);
}

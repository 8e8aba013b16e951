import type { Authorize, Requester } from "@fanfare/server";
import { parseUser, USER } from "./author.ts";
import { busy, Problem } from "./problem.ts";

/** @returns the requester @throws {Problem} where the server refuses the credentials */
export async function requesterOf(authorize: Authorize, request: Request): Promise<Requester> {
  const requester = await authorize(request);
  if (!("error" in requester)) return requester;
  throw requester.status === 401
    ? new Problem(401, "unauthorized", requester.error, { headers: { "www-authenticate": "Bearer" } })
    : busy(requester.error);
}

/**
 * The request's headers with the effective user name: the token's, or the guest name that the server derives.
 * @throws {Problem} where the request names another user, as a page does whose cookie changed meanwhile
 */
export function namedHeaders(headers: Headers, requester: Requester): Headers {
  const named = new Headers(headers);
  const given = headers.get(USER);
  const name = given === null ? undefined : parseUser(given);
  if (given !== null && name === undefined) {
    named.set(USER, ""); // refused like every text that is no name
  } else if (requester.user !== undefined) {
    if (name !== undefined && name !== requester.user) throw otherUser(requester.user, name);
    named.set(USER, encodeURIComponent(requester.user));
  } else if (name !== undefined) {
    named.set(USER, encodeURIComponent(requester.guest(name) ?? ""));
  }
  return named;
}

function otherUser(user: string, name: string): Problem {
  return new Problem(403, "other_user", `The token is that of ${user}, and ${USER} says ${name}.`);
}

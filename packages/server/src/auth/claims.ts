import { parseUserName } from "@fanfare/protocol";
import { type Grant, PERMISSIONS, type Permission } from "../config/permission.ts";
import { wrongWithPattern } from "../config/policy.ts";
import { GUEST } from "../hub/authorizer.ts";

/** The user and grants that a token claims; `wrong` says why the claims are invalid. */
export type Claims =
  | { readonly user: string; readonly grants?: readonly Grant[] }
  | { readonly wrong: string };

/** Reads the claims `sub` and `rooms` of a payload with a good signature. Claims that are not understood are refused. */
export function readClaims({ sub, rooms }: Readonly<Record<string, unknown>>): Claims {
  const user = parseUserName(sub);
  if (user === undefined)
    return {
      wrong: "its sub is no user name: 1 to 64 characters without control characters and stray spaces",
    };
  if (user.startsWith(GUEST)) return { wrong: `its sub begins with ${GUEST}, as guests' names do` };
  if (rooms === undefined) return { user };
  if (typeof rooms !== "object" || rooms === null || Array.isArray(rooms)) {
    return { wrong: 'its claim rooms is no object such as {"chat:*":["join","publish"]}' };
  }
  const grants: Grant[] = [];
  for (const [name, given] of Object.entries(rooms)) {
    const pattern = name.normalize("NFC");
    const wrong = wrongWithPattern(pattern);
    if (wrong !== undefined) return { wrong: `its claim rooms has a key that is no pattern: ${wrong}` };
    const may = parsePermissions(given);
    if (may === undefined)
      return { wrong: `its claim rooms allows what there is not; there are ${PERMISSIONS.join(", ")}` };
    grants.push({ pattern, may });
  }
  return { user, grants };
}

/** A list, or a text with commas. @returns undefined where one of them does not exist */
export function parsePermissions(given: unknown): readonly Permission[] | undefined {
  const names: unknown[] | undefined =
    typeof given === "string"
      ? given.split(",").map((name) => name.trim())
      : Array.isArray(given)
        ? given
        : undefined;
  const known = names?.map((name) => PERMISSIONS.find((each) => each === name));
  return known?.every((each) => each !== undefined) ? known : undefined;
}

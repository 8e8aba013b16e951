import { parseMessageId, parseUserName } from "@fanfare/protocol";
import type { Author } from "../todo.ts";
import { type FieldError, wrongFields } from "./problem.ts";

export const USER = "X-Fanfare-User";
const REQUEST = "X-Request-Id";
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The author by the headers; a name is UTF-8, percent-encoded or as it is. @throws {Problem} */
export function authorOf(headers: Headers): Author {
  const [user, id] = [headers.get(USER), headers.get(REQUEST)];
  const by = user === null ? undefined : parseUser(user);
  const request = id === null ? undefined : parseMessageId(id);
  const errors: FieldError[] = [];
  if (user !== null && by === undefined) {
    errors.push({
      field: USER,
      message:
        "A name has 1 to 64 characters, percent-encoded UTF-8, without control characters and stray spaces.",
    });
  }
  if (id !== null && request === undefined) {
    errors.push({ field: REQUEST, message: "It takes 1 to 64 characters of A-Z a-z 0-9 _ -." });
  }
  if (errors.length > 0) throw wrongFields(400, errors);
  return { ...(by !== undefined && { by }), ...(request !== undefined && { request }) };
}

/** @returns undefined for what is no name */
export function parseUser(header: string): string | undefined {
  return parseUserName(decoded(header));
}

/** Bytes that stand as they are come as one character each; they and the encoded ones are UTF-8 (SPEC TODO-12). */
function decoded(header: string): string | undefined {
  try {
    const text = decodeURIComponent(UTF8.decode(Buffer.from(header, "latin1")));
    return text.includes("\ufffd") ? undefined : text;
  } catch {
    return undefined;
  }
}

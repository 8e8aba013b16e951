import { json } from "./json.ts";
import type { Origins } from "./origins.ts";

/** What every answer says unless it says something else itself. */
const USUAL = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
};

/** A browser that has been told so comes by TLS for a year, whatever an address says (RFC 6797). */
const SECURE = { "strict-transport-security": "max-age=31536000" };

const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
const HEADERS = "authorization, content-type, if-match, if-none-match, x-fanfare-user, x-request-id";
const SHOWN = "etag, location, retry-after";

/** How an answer is given. */
export interface Manner {
  readonly origins: Origins;
  /** Whether it goes by TLS of our own, to who calls us by our name. */
  readonly secure: boolean;
}

/** A fault's answer where not even the request is at hand. */
export function bareFault(): Response {
  return json(500, { error: "internal error" }, USUAL);
}

/** The answer with the headers that keep browsers from misusing it, and for pages of admitted origins those of CORS. */
export function withUsualHeaders(
  response: Response,
  request: Request,
  { origins, secure }: Manner,
): Response {
  const usual = secure ? { ...USUAL, ...SECURE } : USUAL;
  const more: [string, string][] = Object.entries(usual).filter(([name]) => !response.headers.has(name));
  more.push(...cors(request, origins));
  try {
    for (const [name, value] of more) response.headers.append(name, value);
    return response;
  } catch {
    // The headers of some are not to be changed.
    const { status, body } = response;
    return new Response(body, { status, headers: [...response.headers, ...more] });
  }
}

/** What a browser asks before a page of another origin may send something; undefined where it asks nothing. */
export function preflight(request: Request): Response | undefined {
  if (request.method !== "OPTIONS" || !request.headers.has("access-control-request-method")) return undefined;
  return new Response(null, {
    status: 204,
    headers: {
      "access-control-allow-methods": METHODS,
      "access-control-allow-headers": HEADERS,
      "access-control-max-age": "600",
    },
  });
}

function cors({ headers }: Request, origins: Origins): [string, string][] {
  const origin = headers.get("origin");
  if (origin === null || !origins.admit(origin, headers.get("host"))) return [["vary", "origin"]];
  return [
    ["vary", "origin"],
    ["access-control-allow-origin", origin],
    ["access-control-expose-headers", SHOWN],
    // With cookies for those alone that somebody has listed, not for whatever runs at localhost.
    ...(origins.lists(origin) ? ([["access-control-allow-credentials", "true"]] as [string, string][]) : []),
  ];
}

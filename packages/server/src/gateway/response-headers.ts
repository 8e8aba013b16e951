import type { Hosts } from "./hosts.ts";
import { json } from "./json.ts";
import type { Origins } from "./origins.ts";

/** The headers of every response that does not set them itself. */
const DEFAULTS = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
};

const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
const HEADERS = "authorization, content-type, if-match, if-none-match, x-fanfare-user, x-request-id";
const EXPOSED = "etag, location, retry-after";

/** The response to a request that met a fault before it could be read. */
export function internalError(): Response {
  return json(500, { error: "internal error" }, DEFAULTS);
}

/** Adds to each response the headers that keep browsers from misusing it, and CORS for pages of admitted origins. */
export class ResponseHeaders {
  /** @param hsts seconds for which browsers that call the server by its own name come by TLS alone (RFC 6797); 0: not said */
  constructor(
    private readonly origins: Origins,
    private readonly hosts: Hosts,
    private readonly hsts: number,
  ) {}

  addTo(response: Response, { headers }: Request): Response {
    const hsts = this.hosts.isOwnName(headers.get("host")) ? this.hsts : 0;
    const defaults = hsts === 0 ? DEFAULTS : { ...DEFAULTS, "strict-transport-security": `max-age=${hsts}` };
    const missing: [string, string][] = Object.entries(defaults).filter(
      ([name]) => !response.headers.has(name),
    );
    missing.push(...this.#cors(headers));
    try {
      for (const [name, value] of missing) response.headers.append(name, value);
      return response;
    } catch {
      // The headers of some responses are immutable.
      const { status, body } = response;
      return new Response(body, { status, headers: [...response.headers, ...missing] });
    }
  }

  #cors(headers: Headers): [string, string][] {
    const origin = headers.get("origin");
    if (origin === null || !this.origins.admit(origin, headers.get("host"))) return [["vary", "origin"]];
    const all: [string, string][] = [
      ["vary", "origin"],
      ["access-control-allow-origin", origin],
      ["access-control-expose-headers", EXPOSED],
    ];
    // Cookies only for origins that are listed, not for every program at localhost.
    if (this.origins.lists(origin)) all.push(["access-control-allow-credentials", "true"]);
    return all;
  }
}

/** The response to a browser's CORS preflight; undefined where the request is none. */
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

import { type HttpRoute, READ_METHODS } from "../gateway/http-route.ts";
import { json } from "../gateway/json.ts";
import { originRefusal } from "../gateway/origin-refusal.ts";
import { isPageOrigin, type Origins } from "../gateway/origins.ts";

/**
 * `GET ?origin=ORIGIN` answers whether pages of an origin may connect (SPEC HTTP-25): a browser does not tell a page why its
 * WebSocket was refused, and names no `Origin` in a request of the page to its own server. 200 with `origin`, the `host` that
 * the request came with, `admitted` and, if false, the `reason`; 400 with `error`.
 */
export function origin(origins: Origins): HttpRoute {
  return {
    path: "/api/origin",
    methods: READ_METHODS,
    title: "whether pages of ?origin=ORIGIN may connect",
    handle,
  };

  function handle(request: Request): Response {
    const page = new URL(request.url).searchParams.get("origin") ?? "";
    if (!isPageOrigin(page)) return json(400, { error: "origin must be the origin of a page" });
    const host = request.headers.get("host");
    const admitted = origins.admit(page, host);
    const answer = { origin: page, host, admitted, ...(!admitted && { reason: originRefusal(page, host) }) };
    return json(200, answer, { "cache-control": "no-store" });
  }
}

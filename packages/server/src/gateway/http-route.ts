import type { HttpHandler } from "./http-handler.ts";
import { json } from "./json.ts";
import { trimSlash } from "./trailing-slash.ts";

/** An address of the HTTP interface. */
export interface HttpRoute {
  readonly path: string;
  readonly methods: readonly string[];
  /** What the address is for; the front page lists it. */
  readonly title: string;
  readonly handle: (request: Request) => Response | Promise<Response>;
}

export const READ_METHODS: readonly string[] = ["GET", "HEAD"];

/** Serves each route at its path, with the methods that it takes (SPEC HTTP-22). */
export function serveRoutes(routes: readonly HttpRoute[]): HttpHandler {
  const byPath = new Map(routes.map((route) => [route.path, route]));
  return (request) => {
    const route = byPath.get(trimSlash(new URL(request.url).pathname));
    return route && (refuseMethod(request, route.methods) ?? route.handle(request));
  };
}

/** @returns undefined for a method in `allowed`; 405 for others, and 204 for OPTIONS, both with `Allow` */
export function refuseMethod(
  { method }: Request,
  allowed: readonly string[] = READ_METHODS,
): Response | undefined {
  if (allowed.includes(method)) return undefined;
  const headers = { allow: allowed.join(", ") };
  if (method === "OPTIONS") return new Response(null, { status: 204, headers });
  return json(405, { error: `this address does not take ${method}` }, headers);
}

import type { FrontPageEntry } from "./front-page.ts";

/**
 * Answers requests that ask for no WebSocket, by the client's address (undefined on a unix socket); undefined leaves a request to the next handler. What a handler throws is
 * logged and answered with 500; nothing of it reaches the client.
 */
export type HttpHandler = (request: Request, address?: string) => Response | Promise<Response> | undefined;

/** The handlers of requests that ask for no WebSocket. */
export interface HttpHandlers {
  /** Listed by the front page beside the mounts and the server's own addresses. */
  readonly frontPage?: readonly FrontPageEntry[];
  /** Called before the mounts, after `/health`. */
  readonly http?: HttpHandler;
  /** Called for a path that nothing else answers. */
  readonly notFound?: HttpHandler;
}

/** A handler that lets the first of `handlers` answer that does. */
export function firstOf(handlers: readonly HttpHandler[]): HttpHandler {
  return (request, address) => {
    for (const handle of handlers) {
      const response = handle(request, address);
      if (response !== undefined) return response;
    }
    return undefined;
  };
}

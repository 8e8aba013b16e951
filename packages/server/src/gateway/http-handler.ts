import type { FrontPageEntry } from "./front-page.ts";

/**
 * Answers a request that asks for no WebSocket, or returns undefined to leave it to the next handler. An error that it
 * throws is logged, and the client only gets a 500.
 * @param address the client's; undefined on a unix socket
 */
export type HttpHandler = (request: Request, address?: string) => Response | Promise<Response> | undefined;

/** The handlers that a program such as the `fanfare` command adds to the server's own. */
export interface HttpHandlers {
  /** Listed by the front page beside the mounts and the server's own addresses. */
  readonly frontPage?: readonly FrontPageEntry[];
  /** Called before the mounts, after `/health`. */
  readonly http?: HttpHandler;
  /** Called for a path that nothing else answers. */
  readonly notFound?: HttpHandler;
}

/** A handler that returns the first response which one of `handlers` gives. */
export function firstOf(handlers: readonly HttpHandler[]): HttpHandler {
  return (request, address) => {
    for (const handle of handlers) {
      const response = handle(request, address);
      if (response !== undefined) return response;
    }
    return undefined;
  };
}

/**
 * Answers requests that ask for no WebSocket. Undefined: this one is not mine, ask the next. What it throws is
 * answered with 500 and logged; nothing of it reaches the client.
 */
export type HttpHandler = (request: Request) => Response | Promise<Response> | undefined;

/** What is answered besides WebSockets. */
export interface HttpHandlers {
  /** Asked before the mounts, after `/health`. */
  readonly http?: HttpHandler;
  /** Asked where nothing is. */
  readonly notFound?: HttpHandler;
}

/** The first that answers. */
export function firstOf(handlers: readonly HttpHandler[]): HttpHandler {
  return (request) => {
    for (const handle of handlers) {
      const answer = handle(request);
      if (answer !== undefined) return answer;
    }
    return undefined;
  };
}

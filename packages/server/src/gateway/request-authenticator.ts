import type { Authentication } from "../auth/authentication.ts";
import { tokenOf } from "../auth/credentials.ts";
import type { Caller } from "../hub/ports.ts";
import type { Origins } from "./origins.ts";

const GUEST: Caller = { kind: "guest" };

/** Finds out who sends a request, by the token that it carries. */
export class RequestAuthenticator {
  constructor(
    private readonly origins: Origins,
    private readonly auth?: Authentication,
  ) {}

  /** @param query of a request for a WebSocket, which may hold the token */
  authenticate(request: Request, query?: URLSearchParams): Caller | Promise<Caller> {
    const { auth } = this;
    if (auth === undefined) return GUEST;
    const trusted = this.#trustsCookie(request, query !== undefined);
    const token = tokenOf(request.headers, { cookie: auth.cookie, trusted, ...(query && { query }) });
    return token === undefined ? GUEST : auth.verify(token);
  }

  /** Browsers send cookies along for pages of any origin, which they name in `Origin`, except where a request only reads. */
  #trustsCookie({ method, headers }: Request, isUpgrade: boolean): boolean {
    const origin = headers.get("origin");
    if (origin === null) return !isUpgrade && (method === "GET" || method === "HEAD");
    return this.origins.admitCookies(origin, headers.get("host"));
  }
}

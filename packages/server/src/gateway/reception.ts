import type { Authentication } from "../auth/authentication.ts";
import { tokenOf } from "../auth/credentials.ts";
import type { Caller } from "../hub/ports.ts";
import type { Origins } from "./origins.ts";

const GUEST: Caller = { kind: "guest" };

/** Says who asks, by the token that a request carries. */
export class Reception {
  constructor(
    private readonly origins: Origins,
    private readonly auth?: Authentication,
  ) {}

  /** @param query of a request for a WebSocket, which may hold the token */
  receive(request: Request, query?: URLSearchParams): Caller | Promise<Caller> {
    const { auth } = this;
    if (auth === undefined) return GUEST;
    const trusted = this.#isTrusted(request, query !== undefined);
    const token = tokenOf(request.headers, { cookie: auth.cookie, trusted, ...(query && { query }) });
    return token === undefined ? GUEST : auth.verify(token);
  }

  /** A page of any origin has a browser send cookies along; it says so, but for what only reads. */
  #isTrusted({ method, headers }: Request, upgrades: boolean): boolean {
    const origin = headers.get("origin");
    if (origin === null) return !upgrades && (method === "GET" || method === "HEAD");
    return this.origins.admit(origin, headers.get("host"));
  }
}

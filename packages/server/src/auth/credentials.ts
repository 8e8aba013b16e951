/** Where the token of a request may be. */
export interface Sources {
  /** The name of the cookie. */
  readonly cookie: string;
  /** Whether the cookie counts: browsers send it along for every page, so only pages of admitted origins are trusted. */
  readonly trusted: boolean;
  /** The query of a request for a WebSocket, to which browsers cannot add headers. */
  readonly query?: URLSearchParams;
}

/** The token of the first of `Authorization`, `?token=` and the cookie that is present (SPEC HELLO-4). */
export function tokenOf(headers: Headers, { cookie, trusted, query }: Sources): string | undefined {
  // A bearer that is no token is refused; the other sources do not stand in for it.
  const bearer = /^bearer(?: .*)?$/i.test(headers.get("authorization") ?? "")
    ? headers.get("authorization")?.slice("bearer".length).trim()
    : undefined;
  return bearer ?? (query?.get("token") || undefined) ?? (trusted ? cookieOf(headers, cookie) : undefined);
}

function cookieOf(headers: Headers, wanted: string): string | undefined {
  for (const pair of (headers.get("cookie") ?? "").split(";")) {
    const equals = pair.indexOf("=");
    if (equals > 0 && pair.slice(0, equals).trim() === wanted) {
      return (
        pair
          .slice(equals + 1)
          .trim()
          .replace(/^"(.*)"$/, "$1") || undefined
      );
    }
  }
  return undefined;
}

/** Where the token of a request stands. */
export interface Sources {
  /** The name of the cookie. */
  readonly cookie: string;
  /** Whether the request comes from a page that is admitted, so that its cookie counts: any page has it sent along. */
  readonly trusted: boolean;
  /** The query of a request for a WebSocket: browsers cannot give that one headers. */
  readonly query?: URLSearchParams;
}

/** The first of `Authorization`, `?token=` and the cookie that there is (SPEC HELLO-4). */
export function tokenOf(headers: Headers, { cookie, trusted, query }: Sources): string | undefined {
  // Whatever stands there: what is no token is refused, and no other is looked for.
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

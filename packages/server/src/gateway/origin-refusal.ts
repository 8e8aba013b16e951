import { isPageOrigin } from "./origins.ts";

/** Characters of a header in the sentence. */
const LONGEST = 200;

/** @returns why pages of an origin may not connect, and which setting the operator can change (SPEC HTTP-25, HTTP-26) */
export function originRefusal(origin: string, host: string | null): string {
  const page = origin.slice(0, LONGEST);
  // Nothing that an operator could set admits it, and a pattern from a header must not become a setting.
  if (!isPageOrigin(page)) return `The header Origin is ${JSON.stringify(page)}, which is no page's origin.`;
  const setting = `start the server with --origin ${page} (docs/proxies.md)`;
  if (host === null || sameHost(page, host))
    return `Pages of ${page} may not connect. To admit them, ${setting}.`;
  return `This page is at ${page}, but its requests reach the server with the header Host: ${host.slice(0, LONGEST)}. Have the proxy in front of the server pass on Host as it is, or ${setting}.`;
}

function sameHost(origin: string, host: string): boolean {
  return URL.parse(origin)?.host === host.toLowerCase();
}

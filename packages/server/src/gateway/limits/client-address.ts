import { type Networks, plainAddress } from "./network.ts";

/** How many hops of a forwarding header are read. */
const HOPS = 32;
const FOR = /^\s*for\s*=\s*(?:"([^"]*)"|([^\s;,"]*))\s*$/i;
const PORT = /^(?:\[([0-9a-f:.%]+)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+)$/i;

/**
 * The address of the client that sent a request. Forwarding headers are read from the right, through the addresses of
 * trusted proxies, up to the first address that is not one: the client may have written anything left of that (SPEC LIMIT-6).
 *
 * @param peer the other end of the connection; undefined on a unix socket, whose peers are trusted
 */
export function clientAddress(
  peer: string | undefined,
  headers: Headers,
  trusted: Networks,
): string | undefined {
  const nearest = peer === undefined ? undefined : (plainAddress(peer) ?? peer);
  if (trusted.isEmpty || (nearest !== undefined && !trusted.has(nearest))) return nearest;
  const list = headers.get("x-forwarded-for");
  const forwarded = headers.get("forwarded");
  const byList = list === null ? undefined : outermost(nearest, list.split(","), trusted);
  const byForwarded = forwarded === null ? undefined : outermost(nearest, hopsOf(forwarded), trusted);
  // A proxy that writes only one of the headers forwards the other one as the client sent it.
  if (list !== null && forwarded !== null && byList !== byForwarded) return nearest;
  return byList ?? byForwarded ?? nearest;
}

function outermost(
  nearest: string | undefined,
  hops: readonly string[],
  trusted: Networks,
): string | undefined {
  let known = nearest;
  for (const hop of hops.slice(-HOPS).reverse()) {
    const text = hop.trim();
    const [, bracketed, dotted] = PORT.exec(text) ?? [];
    const address = plainAddress(bracketed ?? dotted ?? text);
    if (address === undefined) return known; // `unknown`, a name or nonsense
    known = address;
    if (!trusted.has(address)) return known;
  }
  return known;
}

/** RFC 7239 section 4: one element for each hop. */
function hopsOf(forwarded: string): string[] {
  return forwarded.split(",").map((element) => {
    for (const pair of element.split(";")) {
      const [, quoted, token] = FOR.exec(pair) ?? [];
      if (quoted !== undefined || token !== undefined) return quoted ?? token ?? "";
    }
    return "";
  });
}

/** Headers of our own on everything that is served: what a page may load, whom it may speak to, how long it is kept. */

const EVERYWHERE = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/** Hashes of what stands in a page itself, as `sha256-…`; a page without needs none. */
export interface Inline {
  readonly scripts?: readonly string[];
  readonly styles?: readonly string[];
}

/** @param request whose `Host` says by which name the page reaches this server */
export function pageHeaders(request: Request, inline: Inline = {}): Record<string, string> {
  return {
    ...EVERYWHERE,
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-cache",
    "content-security-policy": contentSecurityPolicy(request, inline),
    "permissions-policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    vary: "accept, accept-encoding",
  };
}

/** Of files whose name changes with their content. */
export function fileHeaders(contentType: string): Record<string, string> {
  return {
    ...EVERYWHERE,
    "content-type": contentType,
    "cache-control": "public, max-age=31536000, immutable",
    vary: "accept-encoding",
  };
}

/** Of what is no page: of a change of the sources, of a picture that keeps its name. */
export function otherHeaders(contentType: string): Record<string, string> {
  return { ...EVERYWHERE, "content-type": contentType, "cache-control": "no-cache" };
}

function contentSecurityPolicy(request: Request, { scripts = [], styles = [] }: Inline): string {
  const quoted = (hashes: readonly string[]) => hashes.map((hash) => `'${hash}'`);
  const directives = {
    "default-src": ["'none'"],
    "script-src": ["'self'", ...quoted(scripts)],
    "style-src": ["'self'", ...quoted(styles)],
    "img-src": ["'self'"],
    "connect-src": ["'self'", ...ownSockets(request)],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "frame-ancestors": ["'none'"],
    "require-trusted-types-for": ["'script'"],
    "trusted-types": ["'none'"],
  };
  return Object.entries(directives)
    .map(([name, values]) => `${name} ${values.join(" ")}`)
    .join("; ");
}

/** Older browsers do not count WebSockets to the same host as `'self'`. In front of us, someone may speak TLS for us. */
function ownSockets(request: Request): readonly string[] {
  const host = URL.parse(request.url)?.host ?? "";
  // What a client says in `Host` must not become a directive.
  return /^[\w.:[\]-]+$/.test(host) ? [`ws://${host}`, `wss://${host}`] : [];
}

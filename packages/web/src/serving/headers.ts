/** The headers of pages and files: security policy, caching, content type. */

const EVERYWHERE = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/** Hashes of the inline scripts and styles of a page, as `sha256-…`. */
export interface Inline {
  readonly scripts?: readonly string[];
  readonly styles?: readonly string[];
}

/** @param request its `Host` is the name by which the page reaches this server */
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

/** For files whose name changes with their content. */
export function fileHeaders(contentType: string): Record<string, string> {
  return {
    ...EVERYWHERE,
    "content-type": contentType,
    "cache-control": "public, max-age=31536000, immutable",
    vary: "accept-encoding",
  };
}

/** For files whose name stays the same. */
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

/** For older browsers, whose `'self'` does not include WebSockets. A proxy may terminate TLS, so both schemes are listed. */
function ownSockets(request: Request): readonly string[] {
  const host = URL.parse(request.url)?.host ?? "";
  // The client chooses `Host`, which must not become a directive.
  return /^[\w.:[\]-]+$/.test(host) ? [`ws://${host}`, `wss://${host}`] : [];
}

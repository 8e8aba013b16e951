/**
 * The origins whose pages may open connections. A browser names a page's origin in `Origin`, and no page can change
 * that. Clients that are no browsers send none, and are admitted (SPEC ORIGIN-1 to ORIGIN-3).
 */

/** `scheme://host` or `scheme://host:port`, where `host` may begin with `*.` for all names under it. */
export interface OriginPattern {
  readonly scheme: string;
  readonly host: string;
  /** Whether `host` stands for all names that end in `.host`. */
  readonly under: boolean;
  /** Empty for the scheme's default port. */
  readonly port: string;
}

const ORIGIN = /^([a-z][a-z0-9+.-]*):\/\/(\*\.)?([^/?#@:*[\]\s]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?$/i;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: "80", https: "443" };
const LOOPBACK = ["localhost", "127.0.0.1"];

/** @returns undefined where the text is no pattern; `*` and addresses with a path are none. */
export function parseOriginPattern(text: string): OriginPattern | undefined {
  const [, scheme = "", star, name = "", port = ""] = ORIGIN.exec(text) ?? [];
  const parsed = URL.parse(`http://${name}:${port}`); // lower case, and punycode as browsers send it
  if (parsed?.pathname !== "/") return undefined;
  const isDefault = port === DEFAULT_PORTS[scheme.toLowerCase()];
  return {
    scheme: scheme.toLowerCase(),
    host: parsed.hostname,
    under: star !== undefined,
    port: isDefault ? "" : port,
  };
}

/** The origins that are admitted: those listed, the server's own host, and localhost at any port. */
export class Origins {
  /** @param secure whether the server speaks TLS itself: then its own pages have https origins only */
  constructor(
    private readonly patterns: readonly OriginPattern[],
    private readonly secure = false,
  ) {}

  /**
   * @param origin the header `Origin`; null where there is none
   * @param host the header `Host`
   */
  admit(origin: string | null, host: string | null): boolean {
    if (origin === null) return true;
    const from = parseOriginPattern(origin);
    if (from === undefined || from.under) return false; // `null` is no origin, nor are two of them
    if (isWeb(from) && (LOOPBACK.includes(from.host) || this.#isOwn(from, host))) return true;
    return this.patterns.some((pattern) => covers(pattern, from));
  }

  /** Without TLS of the server's own, any scheme will do: a proxy in front of it may speak TLS. */
  #isOwn(from: OriginPattern, host: string | null): boolean {
    if (this.secure && from.scheme !== "https") return false;
    const own = host === null ? undefined : parseOriginPattern(`${from.scheme}://${host}`);
    return own !== undefined && own.host === from.host && own.port === from.port;
  }

  /** Whether the configuration lists the origin. */
  lists(origin: string): boolean {
    const from = parseOriginPattern(origin);
    return from !== undefined && !from.under && this.patterns.some((pattern) => covers(pattern, from));
  }
}

function isWeb({ scheme }: OriginPattern): boolean {
  return scheme === "http" || scheme === "https";
}

function covers(pattern: OriginPattern, from: OriginPattern): boolean {
  const hostMatches = pattern.under ? from.host.endsWith(`.${pattern.host}`) : from.host === pattern.host;
  return hostMatches && pattern.scheme === from.scheme && pattern.port === from.port;
}

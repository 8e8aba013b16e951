/**
 * The origins whose pages may open connections. A browser names a page's origin in `Origin`, and no page can change
 * that. Clients that are not browsers usually send none, and are admitted (SPEC ORIGIN-1 to ORIGIN-5).
 */

/** `scheme://host` or `scheme://host:port`, where `host` may begin with `*.` for all names under it. */
interface PageOrigin {
  readonly scheme: string;
  /** Empty for `file://`. */
  readonly host: string;
  /** Whether `host` stands for all names that end in `.host`. */
  readonly under: boolean;
  /** Empty for the scheme's default port. */
  readonly port: string;
}

/** `*` stands for every origin. `null` is what browsers send for pages without an origin of their own. */
export type OriginPattern = PageOrigin | "*" | "null";

const ORIGIN = /^([a-z][a-z0-9+.-]*):\/\/(\*\.)?([^/?#@:*[\]\s]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?\/?$/i;
const FILE = /^file:\/\/\/?$/i;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: "80", https: "443" };
const LOOPBACK = ["localhost", "127.0.0.1"];

/** @returns undefined for a text that is not a pattern, such as an address with a path */
export function parseOriginPattern(text: string): OriginPattern | undefined {
  return text === "*" ? text : parseOrigin(text);
}

/** @param text the header `Origin`, or a pattern; a slash at its end is ignored, since some clients send one */
function parseOrigin(text: string): PageOrigin | "null" | undefined {
  if (text === "null") return text;
  if (FILE.test(text)) return { scheme: "file", host: "", under: false, port: "" };
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

/** Whether a page can be there: browsers send this text as `Origin`. */
export function isPageOrigin(text: string): boolean {
  return text === "null" || parsePageOrigin(text) !== undefined;
}

/** The origins that are admitted: those listed, the server's own host, and localhost at any port. */
export class Origins {
  /** @param secure whether the server speaks TLS itself: then its own pages have https origins only */
  constructor(
    private readonly patterns: readonly OriginPattern[],
    private readonly secure = false,
  ) {}

  /** Whether pages of every origin are admitted. */
  get admitsAny(): boolean {
    return this.patterns.includes("*");
  }

  /**
   * @param origin the header `Origin`; null where there is none
   * @param host the header `Host`
   */
  admit(origin: string | null, host: string | null): boolean {
    if (this.admitsAny || this.admitCookies(origin, host)) return true;
    return origin === "null" && this.patterns.includes(origin);
  }

  /**
   * Whether a cookie proves that the user wants what the page asks for. Any site can make pages whose origin is `null`, so
   * neither `null` nor `*` admits cookies.
   */
  admitCookies(origin: string | null, host: string | null): boolean {
    if (origin === null) return true;
    const from = parsePageOrigin(origin);
    if (from === undefined) return false;
    if (isWeb(from) && (LOOPBACK.includes(from.host) || this.#isOwn(from, host))) return true;
    return this.#covers(from);
  }

  /** Whether the configuration lists the origin by its name. */
  lists(origin: string): boolean {
    const from = parsePageOrigin(origin);
    return from !== undefined && this.#covers(from);
  }

  /** Without TLS of the server's own, any scheme will do: a proxy in front of it may speak TLS. */
  #isOwn(from: PageOrigin, host: string | null): boolean {
    if (this.secure && from.scheme !== "https") return false;
    const own = host === null ? undefined : parsePageOrigin(`${from.scheme}://${host}`);
    return own !== undefined && own.host === from.host && own.port === from.port;
  }

  #covers(from: PageOrigin): boolean {
    return this.patterns.some((pattern) => typeof pattern === "object" && covers(pattern, from));
  }
}

/** @returns undefined for `null`, and for a text that is not one origin */
function parsePageOrigin(text: string): PageOrigin | undefined {
  const origin = parseOrigin(text);
  return typeof origin === "object" && !origin.under ? origin : undefined;
}

function isWeb({ scheme }: PageOrigin): boolean {
  return scheme === "http" || scheme === "https";
}

function covers(pattern: PageOrigin, from: PageOrigin): boolean {
  const hostMatches = pattern.under ? from.host.endsWith(`.${pattern.host}`) : from.host === pattern.host;
  return hostMatches && pattern.scheme === from.scheme && pattern.port === from.port;
}

import type { Listen } from "../config/config.ts";

/**
 * The names by which clients may call the server. An attacker can make `evil.example` resolve to the server's address (DNS
 * rebinding): the browser then takes the server for the page's own origin, but the requests name `evil.example` (SPEC HTTP-10).
 */

const LOOPBACK = /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
/** What a header may consist of: other names come in punycode. */
const ASCII = /^[\x20-\x7e]*$/;
const EVERYWHERE = ["0.0.0.0", "[::]"];
const ADDRESS = /^(\d+\.\d+\.\d+\.\d+|\[[0-9a-f:.]+\])$/;

/** @returns the normal form of a name, `*.` before it included; undefined where the text is no name */
export function parseHostPattern(text: string): string | undefined {
  const under = text.startsWith("*.");
  const name = hostnameOf(under ? text.slice(2) : text);
  if (name === undefined || (under && ADDRESS.test(name))) return undefined;
  return under ? `*.${name}` : name;
}

/** @param host a `Host` header, or a name; its port is ignored */
function hostnameOf(host: string): string | undefined {
  if (/[/?#@\\\s*]/.test(host) || host === "") return undefined;
  const bare = host.includes(":") && !host.startsWith("[") && host.indexOf(":") !== host.lastIndexOf(":");
  const name = URL.parse(`http://${bare ? `[${host}]` : host}`)?.hostname;
  return name?.replace(/\.$/, "") || undefined;
}

export class Hosts {
  readonly #bound: string | undefined;
  readonly #everyAddress: boolean;
  /** On a unix socket the client is a proxy, which checks names itself; the server checks only names that are configured. */
  readonly #any: boolean;

  /** @param names from `parseHostPattern` */
  constructor(
    private readonly names: readonly string[],
    listen: Listen,
  ) {
    this.#bound = listen.kind === "tcp" ? hostnameOf(listen.host) : undefined;
    this.#everyAddress =
      listen.kind === "tcp" && (listen.host === "*" || EVERYWHERE.includes(this.#bound ?? ""));
    this.#any = listen.kind === "unix" && names.length === 0;
  }

  /** Whether the header is a name of this server, and no address or loopback name: browsers remember HSTS by name. */
  isOwnName(host: string | null): boolean {
    const name = host === null ? undefined : hostnameOf(host);
    if (name === undefined || LOOPBACK.test(name) || ADDRESS.test(name)) return false;
    return !this.#any && this.admit(host) === true;
  }

  /** @param host the header; null where there is none: every browser sends one @returns undefined where it is malformed */
  admit(host: string | null): boolean | undefined {
    if (host === null || this.#any) return true;
    const name = ASCII.test(host) ? hostnameOf(host) : undefined;
    if (name === undefined) return undefined;
    if (LOOPBACK.test(name) || name === this.#bound) return true;
    // A page that is called by an address was served at that address.
    if (this.#everyAddress && ADDRESS.test(name)) return true;
    return this.names.some((each) => (each.startsWith("*.") ? name.endsWith(each.slice(1)) : name === each));
  }
}

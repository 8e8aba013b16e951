import type { Listen } from "../config/config.ts";

/**
 * By which names the server may be called. A page of `evil.example` whose name is made to lead here (DNS rebinding)
 * counts as ours to its browser; but it calls us by its own name (SPEC HTTP-10).
 */

const LOOPBACK = /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
const EVERYWHERE = ["0.0.0.0", "[::]"];
const ADDRESS = /^(\d+\.\d+\.\d+\.\d+|\[[0-9a-f:.]+\])$/;

/** @returns the name as it is compared, `*.` before it included; undefined for what is none */
export function parseHostPattern(text: string): string | undefined {
  const under = text.startsWith("*.");
  const name = hostnameOf(under ? text.slice(2) : text);
  if (name === undefined || (under && ADDRESS.test(name))) return undefined;
  return under ? `*.${name}` : name;
}

/** Of a `Host` header, or of a name; the port does not matter. */
function hostnameOf(host: string): string | undefined {
  if (/[/?#@\\\s*]/.test(host) || host === "") return undefined;
  const bare = host.includes(":") && !host.startsWith("[") && host.indexOf(":") !== host.lastIndexOf(":");
  const name = URL.parse(`http://${bare ? `[${host}]` : host}`)?.hostname;
  return name?.replace(/\.$/, "") || undefined;
}

export class Hosts {
  readonly #bound: string | undefined;
  readonly #everyAddress: boolean;
  /** Behind a unix socket is a proxy, which knows its names; it is held to ours only where there are some. */
  readonly #any: boolean;

  /** @param names from `parseHostPattern` */
  constructor(
    private readonly names: readonly string[],
    listen: Listen,
  ) {
    this.#bound = listen.kind === "tcp" ? hostnameOf(listen.host) : undefined;
    this.#everyAddress = this.#bound !== undefined && EVERYWHERE.includes(this.#bound);
    this.#any = listen.kind === "unix" && names.length === 0;
  }

  /** Whether a header that is admitted names this server alone: what a browser is told of such a name stays with it. */
  isOwnName(host: string | null): boolean {
    const name = host === null ? undefined : hostnameOf(host);
    if (name === undefined || LOOPBACK.test(name) || ADDRESS.test(name)) return false;
    return !this.#any && this.admit(host) === true;
  }

  /** @param host the header; null where there is none, and so no browser @returns undefined for what is no host */
  admit(host: string | null): boolean | undefined {
    if (host === null || this.#any) return true;
    const name = hostnameOf(host);
    if (name === undefined) return undefined;
    if (LOOPBACK.test(name) || name === this.#bound) return true;
    // No page has an address for its name unless it is served there.
    if (this.#everyAddress && ADDRESS.test(name)) return true;
    return this.names.some((each) => (each.startsWith("*.") ? name.endsWith(each.slice(1)) : name === each));
  }
}

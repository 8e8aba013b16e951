/** `localhost`, whatever the hosts file makes of it (RFC 6761 section 6.3). */
const LOOPBACKS = ["127.0.0.1", "::1"];
const EVERY_ADDRESS = ["0.0.0.0", "::"];

/** What the server binds for a host: addresses (SPEC LISTEN-4, LISTEN-5), or a name that Bun looks up. */
export function bindAddresses(host: string): readonly string[] {
  if (host === "*") return EVERY_ADDRESS;
  return isLocalhost(host) ? LOOPBACKS : [host];
}

export function isLocalhost(host: string): boolean {
  return host.toLowerCase() === "localhost";
}

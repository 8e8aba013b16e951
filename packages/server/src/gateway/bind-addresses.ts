/** `localhost`, whatever the hosts file makes of it (RFC 6761 section 6.3). */
const LOOPBACKS = ["127.0.0.1", "::1"];

/** What the server binds for a host: an address, or a name that Bun looks up (SPEC LISTEN-4). */
export function bindAddresses(host: string): readonly string[] {
  return host.toLowerCase() === "localhost" ? LOOPBACKS : [host];
}

import type { Listen, TlsConfig } from "@fanfare/server";
import { UsageError } from "../usage-error.ts";
import type { Settled } from "./configuration.ts";
import { at } from "./raw-value.ts";
import { flagOf, variableOf } from "./setting.ts";
import { type Key, SETTINGS } from "./settings.ts";
import { rank, type Source } from "./source.ts";

/** What is of no use beside a unix socket. */
export const TCP_KEYS = ["port", "host", "tls.cert", "tls.key", "tls.hsts"] as const;

/** @throws {UsageError} where the settings contradict each other, or would open the server to everyone unasked. */
export function listen(settled: Settled): Listen {
  const path = settled.socket.value;
  if (path !== undefined && socketHolds(settled)) return { kind: "unix", path };
  const { host, port } = settled;
  if (!settled.insecure.value && !isLoopback(host.value) && !asksForTokens(settled)) {
    throw new UsageError(
      `${at(host.source)}${nameIn("host", host.source)} is ${JSON.stringify(host.value)}, and no tokens are asked for: everyone who reaches it could read and write everything; set FANFARE_TOKEN_SECRET (docs/security.md), add --insecure if that is meant, or keep to localhost`,
    );
  }
  const tls = tlsConfig(settled);
  return { kind: "tcp", host: host.value, port: port.value, ...(tls && { tls }) };
}

/** Whether the socket was asked for in a higher place than an address. */
export function socketHolds(settled: Settled): boolean {
  const { socket } = settled;
  if (socket.value === undefined) return false;
  for (const key of TCP_KEYS) {
    const other = settled[key];
    if (rank(other.source) > rank(socket.source)) return false;
    if (rank(other.source) === rank(socket.source)) {
      throw new UsageError(
        `${at(other.source)}${nameIn(key, other.source)} and ${nameIn("socket", socket.source)} are both given; keep the one to listen on`,
      );
    }
  }
  return true;
}

function asksForTokens(settled: Settled): boolean {
  const keys = ["token.secret", "token.public_key", "token.jwks"] as const;
  return keys.some((key) => settled[key].value !== undefined);
}

function tlsConfig(settled: Settled): TlsConfig | undefined {
  const [cert, key, hsts] = [settled["tls.cert"], settled["tls.key"], settled["tls.hsts"]];
  if (cert.value !== undefined && key.value !== undefined) {
    return { cert: cert.value, key: key.value, hsts: hsts.value };
  }
  if (cert.value === undefined && key.value === undefined) return undefined;
  const [there, missing] =
    key.value === undefined ? (["tls.cert", "tls.key"] as const) : (["tls.key", "tls.cert"] as const);
  throw new UsageError(
    `${at(settled[there].source)}${nameIn(there, settled[there].source)} is given without ${nameIn(missing, settled[there].source)}; TLS takes both`,
  );
}

/** What that place calls the setting. */
function nameIn(key: Key, source: Source): string {
  if (source.kind === "flag") return flagOf(key, SETTINGS[key]) ?? key;
  if (source.kind === "shared-variable") return source.name;
  return source.kind === "variable" ? variableOf(key) : key;
}

export function isLoopback(host: string): boolean {
  return /^(localhost|\[?::1\]?|127(\.\d{1,3}){3})$/i.test(host);
}

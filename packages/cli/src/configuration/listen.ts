import type { Listen, TlsConfig } from "@fanfare/server";
import { UsageError } from "../usage-error.ts";
import { locationPrefix } from "./raw-value.ts";
import type { ResolvedSettings } from "./resolved-settings.ts";
import { nameBySource } from "./settings.ts";
import { precedence } from "./source.ts";

/** The settings that have no effect with a unix socket. */
export const TCP_KEYS = ["port", "host", "tls.cert", "tls.key", "tls.hsts"] as const;

/** @throws {UsageError} where settings contradict each other, or would open the server to other machines by mistake. */
export function listen(settings: ResolvedSettings): Listen {
  const path = settings.socket.value;
  if (path !== undefined && socketHolds(settings)) return { kind: "unix", path };
  const { host, port } = settings;
  if (!settings.insecure.value && !isLoopback(host.value) && !asksForTokens(settings)) {
    throw new UsageError(
      `${locationPrefix(host.source)}${nameBySource("host", host.source)} is ${JSON.stringify(host.value)}, and no tokens are asked for: everyone who reaches it could read and write everything; set FANFARE_TOKEN_SECRET (docs/security.md), add --insecure if that is meant, or keep to localhost`,
    );
  }
  const tls = tlsConfig(settings);
  return { kind: "tcp", host: host.value, port: port.value, ...(tls && { tls }) };
}

/** Whether the socket comes from a higher source than the address does. */
export function socketHolds(settings: ResolvedSettings): boolean {
  const { socket } = settings;
  if (socket.value === undefined) return false;
  for (const key of TCP_KEYS) {
    const other = settings[key];
    if (precedence(other.source) > precedence(socket.source)) return false;
    if (precedence(other.source) === precedence(socket.source)) {
      throw new UsageError(
        `${locationPrefix(other.source)}${nameBySource(key, other.source)} and ${nameBySource("socket", socket.source)} are both given; keep the one to listen on`,
      );
    }
  }
  return true;
}

function asksForTokens(settings: ResolvedSettings): boolean {
  const keys = ["token.secret", "token.public_key", "token.jwks"] as const;
  return keys.some((key) => settings[key].value !== undefined);
}

function tlsConfig(settings: ResolvedSettings): TlsConfig | undefined {
  const [cert, key, hsts] = [settings["tls.cert"], settings["tls.key"], settings["tls.hsts"]];
  if (cert.value !== undefined && key.value !== undefined) {
    return { cert: cert.value, key: key.value, hsts: hsts.value };
  }
  if (cert.value === undefined && key.value === undefined) return undefined;
  const [there, missing] =
    key.value === undefined ? (["tls.cert", "tls.key"] as const) : (["tls.key", "tls.cert"] as const);
  throw new UsageError(
    `${locationPrefix(settings[there].source)}${nameBySource(there, settings[there].source)} is given without ${nameBySource(missing, settings[there].source)}; TLS takes both`,
  );
}

export function isLoopback(host: string): boolean {
  return /^(localhost|\[?::1\]?|127(\.\d{1,3}){3})$/i.test(host);
}

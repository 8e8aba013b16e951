import { DEFAULT_LIMITS, type Limits, type RateLimits } from "./limits.ts";
import { DEFAULT_MOUNTS, type MountConfig } from "./mount.ts";
import { DEFAULT_POLICIES, type Policy } from "./policy.ts";

export type { DialectName, MountConfig } from "./mount.ts";

/** A server's whole configuration, complete and valid: defaults, file, environment and flags are merged already. */
export interface Config {
  readonly listen: Listen;
  /** Each path appears once. */
  readonly mounts: readonly MountConfig[];
  /** Patterns of origins from which browsers are admitted, beside the server's own host and localhost at any port. */
  readonly origins: readonly string[];
  /** Names that requests may call the server by, beside the usual ones (SPEC HTTP-10); `*.example.com` covers its subdomains. */
  readonly hosts: readonly string[];
  /** How users prove who they are; left out, everyone is a guest. */
  readonly auth?: AuthConfig;
  readonly engine: EngineConfig;
  /** The first policy that matches a room applies. */
  readonly policies: readonly Policy[];
  readonly limits: Limits;
  /** Undefined: rates are off. */
  readonly rateLimits: RateLimits | undefined;
  /** Networks (`10.0.0.0/8`) of proxies; what they say about the client's address is believed. */
  readonly trustedProxies: readonly string[];
  readonly log: LogConfig;
}

export type Listen =
  | {
      readonly kind: "tcp";
      readonly host: string;
      /** 0 takes a free port. */
      readonly port: number;
      readonly tls?: TlsConfig;
    }
  | { readonly kind: "unix"; readonly path: string };

/** @returns undefined where the server does not speak TLS itself */
export function tlsOf(listen: Listen): TlsConfig | undefined {
  return listen.kind === "tcp" ? listen.tls : undefined;
}

export interface TlsConfig extends TlsFiles {
  /** For how many ms browsers use only TLS after they called the server by a name (SPEC HTTP-11); 0 sends no such header. */
  readonly hsts: number;
}

/** PEM files; read again on SIGHUP. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** What checks the signature of a token. */
export type TokenKeyConfig =
  /** HS256; at least 32 bytes. */
  | { readonly kind: "secret"; readonly secret: string }
  | { readonly kind: "public"; readonly pem: string }
  /** The address of an identity provider's key set. */
  | { readonly kind: "jwks"; readonly url: string };

export interface AuthConfig {
  readonly key: TokenKeyConfig;
  /** The `iss` and `aud` that a token must have; left out, any will do. */
  readonly issuer?: string;
  readonly audience?: string;
  /** How far the issuer's clock may differ from ours. */
  readonly skewMs: number;
  /** The name of the cookie that may hold a token. */
  readonly cookie: string;
  /** Where the web apps send people without a token. */
  readonly signIn?: string;
  /** For tests: how a key set is fetched, in ms. */
  readonly keySet?: {
    readonly cacheMaxAge?: number;
    readonly cooldownDuration?: number;
    readonly timeoutDuration?: number;
  };
}

export interface EngineConfig {
  /** A name of `engines/engines.ts`; its default unless given. */
  readonly kind?: string;
  /** Where an engine that keeps files keeps them; `data` unless given. */
  readonly directory?: string;
}

export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export const LOG_FORMATS = ["auto", "text", "json"] as const;

export interface LogConfig {
  readonly level: (typeof LOG_LEVELS)[number];
  /** `auto`: text on a terminal, JSON otherwise. */
  readonly format: (typeof LOG_FORMATS)[number];
}

export const DEFAULT_CONFIG: Config = {
  listen: { kind: "tcp", host: "localhost", port: 8080 },
  mounts: DEFAULT_MOUNTS,
  origins: [],
  hosts: [],
  engine: {},
  policies: DEFAULT_POLICIES,
  // Only this machine can connect.
  limits: { ...DEFAULT_LIMITS, connectionsPerAddress: DEFAULT_LIMITS.connections },
  rateLimits: undefined,
  trustedProxies: [],
  log: { level: "info", format: "auto" },
};

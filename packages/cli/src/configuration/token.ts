import { readFileSync } from "node:fs";
import { type AuthConfig, AuthError, openTokenKey, type TokenKeyConfig } from "@fanfare/server";
import { UsageError } from "../usage-error.ts";
import { locationPrefix } from "./raw-value.ts";
import type { ResolvedSettings } from "./resolved-settings.ts";
import { type Key, nameBySource } from "./settings.ts";
import type { Source } from "./source.ts";

const KEYS = ["token.secret", "token.public_key", "token.jwks"] as const;

/** @returns undefined where no tokens are in use @throws {UsageError} where settings contradict each other */
export function auth(settings: ResolvedSettings): AuthConfig | undefined {
  const [first, second] = KEYS.filter((key) => settings[key].value !== undefined);
  if (first === undefined) return undefined;
  if (second !== undefined) {
    throw new UsageError(
      `${nameOf(first, settings)} and ${nameOf(second, settings)} are both given; keep the one that tokens are checked with`,
    );
  }
  const issuer = settings["token.issuer"].value;
  const audience = settings["token.audience"].value;
  const signIn = settings["token.sign_in"].value;
  if (first === "token.jwks" && issuer === undefined && audience === undefined) {
    throw new UsageError(
      `${nameOf(first, settings)} is given without token.audience or token.issuer; its keys may sign tokens for other services, too: say which tokens are meant for this server`,
    );
  }
  return {
    key: tokenKey(first, settings),
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience }),
    ...(signIn !== undefined && { signIn }),
    skewMs: settings["token.skew"].value,
    cookie: settings["token.cookie"].value,
  };
}

function tokenKey(key: (typeof KEYS)[number], settings: ResolvedSettings): TokenKeyConfig {
  const { value = "", source } = settings[key];
  switch (key) {
    case "token.secret":
      return { kind: "secret", secret: value };
    case "token.jwks":
      return { kind: "jwks", url: value };
    case "token.public_key": {
      const config = { kind: "public", pem: readKey(value, source) } as const;
      try {
        openTokenKey(config);
      } catch (error) {
        if (!(error instanceof AuthError)) throw error;
        throw new UsageError(
          `${locationPrefix(source)}the public key ${value} cannot be used: ${error.message}`,
        );
      }
      return config;
    }
  }
}

function readKey(file: string, source: Source): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new UsageError(
      `${locationPrefix(source)}the public key ${file} cannot be read (${code}); correct its path or its permissions`,
    );
  }
}

function nameOf(key: Key, settings: ResolvedSettings): string {
  const { source } = settings[key];
  return `${locationPrefix(source)}${nameBySource(key, source)}`;
}

import { readFileSync } from "node:fs";
import { type AuthConfig, AuthError, openTokenKey, type TokenKeyConfig } from "@fanfare/server";
import { UsageError } from "../usage-error.ts";
import type { Settled } from "./configuration.ts";
import { at } from "./raw-value.ts";
import { flagOf, variableOf } from "./setting.ts";
import { type Key, SETTINGS } from "./settings.ts";
import type { Source } from "./source.ts";

const KEYS = ["token.secret", "token.public_key", "token.jwks"] as const;

/** @returns undefined where no tokens are in use @throws {UsageError} where the settings contradict each other */
export function auth(settled: Settled): AuthConfig | undefined {
  const [first, second] = KEYS.filter((key) => settled[key].value !== undefined);
  if (first === undefined) return undefined;
  if (second !== undefined) {
    throw new UsageError(
      `${nameOf(first, settled)} and ${nameOf(second, settled)} are both given; keep the one that tokens are checked with`,
    );
  }
  const issuer = settled["token.issuer"].value;
  const audience = settled["token.audience"].value;
  const signIn = settled["token.sign_in"].value;
  if (first === "token.jwks" && issuer === undefined && audience === undefined) {
    throw new UsageError(
      `${nameOf(first, settled)} is given without token.audience or token.issuer; whoever signs with it may sign for others, too: say which tokens are meant for this server`,
    );
  }
  return {
    key: tokenKey(first, settled),
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience }),
    ...(signIn !== undefined && { signIn }),
    skewMs: settled["token.skew"].value,
    cookie: settled["token.cookie"].value,
  };
}

function tokenKey(key: (typeof KEYS)[number], settled: Settled): TokenKeyConfig {
  const { value = "", source } = settled[key];
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
        throw new UsageError(`${at(source)}the public key ${value} cannot be used: ${error.message}`);
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
      `${at(source)}the public key ${file} cannot be read (${code}); correct its path or its permissions`,
    );
  }
}

function nameOf(key: Key, settled: Settled): string {
  const { source } = settled[key];
  if (source.kind === "flag") return flagOf(key, SETTINGS[key]) ?? key;
  return source.kind === "variable" ? variableOf(key) : `${at(source)}${key}`;
}

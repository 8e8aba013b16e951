import { generateKeyPairSync, type KeyObject } from "node:crypto";
import type { AuthConfig, TokenKeyConfig } from "@fanfare/server";
import { SignJWT } from "jose";

/** Used by tests alone. */
export const SECRET = "a secret of the tests, of 32 bytes and more";

/** @param more overrides; clocks may not differ unless it says so */
export function authBy(key: TokenKeyConfig, more: Partial<AuthConfig> = {}): AuthConfig {
  return { key, skewMs: 0, cookie: "fanfare_token", ...more };
}

export const BY_SECRET: AuthConfig = authBy({ kind: "secret", secret: SECRET });

interface Signing {
  readonly key?: Uint8Array | KeyObject;
  readonly alg?: string;
  readonly kid?: string;
}

/** A token with these claims, signed with the tests' secret and valid for an hour unless the arguments differ. */
export function token(
  claims: Readonly<Record<string, unknown>> | string,
  { key = new TextEncoder().encode(SECRET), alg = "HS256", kid }: Signing = {},
): Promise<string> {
  const payload = typeof claims === "string" ? { sub: claims } : claims;
  return new SignJWT({ exp: inSeconds(3600), ...payload })
    .setProtectedHeader({ alg, ...(kid !== undefined && { kid }) })
    .sign(key);
}

/** @returns a time as a token's `exp` has it: seconds since 1970 */
export function inSeconds(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds;
}

/** A token whose parts are given, signature included. */
export function forged(header: object, payload: object, signature = ""): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part(header)}.${part(payload)}.${signature}`;
}

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  readonly pem: string;
}

export function keyPair(kind: "rsa" | "ec" | "ed25519"): KeyPair {
  const pair =
    kind === "rsa"
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : kind === "ec"
        ? generateKeyPairSync("ec", { namedCurve: "P-256" })
        : generateKeyPairSync("ed25519");
  return { ...pair, pem: pair.publicKey.export({ type: "spki", format: "pem" }).toString() };
}

import { createPublicKey, type KeyObject } from "node:crypto";
import { createRemoteJWKSet, customFetch, type FetchImplementation, type JWTVerifyGetKey } from "jose";
import type { TokenKeyConfig } from "../config/config.ts";
import { AuthError } from "./auth-error.ts";
import { readBody } from "./bounded-body.ts";

/** The key that checks signatures, and the only algorithms it is used with, whatever a token asks for (SPEC AUTH-1). */
export interface TokenKey {
  readonly algorithms: readonly string[];
  readonly key: Uint8Array | KeyObject | JWTVerifyGetKey;
}

/** Bytes; a shorter secret can be guessed (RFC 7518 section 3.2). */
export const SHORTEST_SECRET = 32;
const SMALLEST_RSA = 2048;

const RSA = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];
const EDWARDS = ["EdDSA", "Ed25519"];
const CURVES: Readonly<Record<string, string>> = {
  prime256v1: "ES256",
  secp384r1: "ES384",
  secp521r1: "ES512",
};

/** How a key set is fetched: ms for which it is kept, between two fetches, and that a fetch may take. */
const KEY_SET = { cacheMaxAge: 600_000, cooldownDuration: 5_000, timeoutDuration: 3_000 };

/** Bytes of a key set: many times what a provider with hundreds of keys has. */
const LARGEST_KEY_SET = 1024 * 1024;

/** The key set cannot be fetched. */
export class NoKeys extends Error {}

/** @param pause ms between two fetches, failed ones included: clients with bad tokens must not flood a provider that is down */
function fetchKeys(pause: number): FetchImplementation {
  let asked = Number.NEGATIVE_INFINITY;
  return async (url, options) => {
    const now = performance.now();
    if (now - asked < pause) throw new NoKeys("the key set could not be had just now");
    asked = now;
    try {
      const response = await fetch(url, options);
      const { status, headers } = response;
      return new Response(await readBody(response, LARGEST_KEY_SET), { status, headers });
    } catch (cause) {
      // jose reports a timeout itself.
      if (options.signal.aborted) throw cause;
      throw new NoKeys("the key set cannot be had", { cause });
    }
  };
}

/** @param keySet for tests: how a key set is fetched @throws {AuthError} */
export function openTokenKey(config: TokenKeyConfig, keySet: Partial<typeof KEY_SET> = {}): TokenKey {
  switch (config.kind) {
    case "secret": {
      const key = new TextEncoder().encode(config.secret);
      if (key.length < SHORTEST_SECRET)
        throw new AuthError(`the secret has less than ${SHORTEST_SECRET} bytes`);
      return { key, algorithms: ["HS256"] };
    }
    case "public":
      return publicKey(config.pem);
    case "jwks": {
      const how = { ...KEY_SET, ...keySet };
      return {
        key: createRemoteJWKSet(new URL(config.url), {
          ...how,
          [customFetch]: fetchKeys(how.cooldownDuration),
        }),
        algorithms: [...RSA, ...Object.values(CURVES), ...EDWARDS],
      };
    }
    default:
      return config satisfies never;
  }
}

function publicKey(pem: string): TokenKey {
  if (/PRIVATE KEY/.test(pem))
    throw new AuthError("it is a private key; the server needs the public one alone");
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    throw new AuthError("it is no public key in PEM");
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details = {} } = key;
  if (type === "rsa") {
    if ((details.modulusLength ?? 0) < SMALLEST_RSA) {
      throw new AuthError(`it is an RSA key of less than ${SMALLEST_RSA} bits`);
    }
    return { key, algorithms: RSA };
  }
  if (type === "ed25519") return { key, algorithms: EDWARDS };
  const algorithm = type === "ec" ? CURVES[details.namedCurve ?? ""] : undefined;
  if (algorithm === undefined)
    throw new AuthError("it takes an RSA key, one of P-256, P-384, P-521, or Ed25519");
  return { key, algorithms: [algorithm] };
}

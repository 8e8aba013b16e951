import { createHash } from "node:crypto";
import { LIMITS, type Refusal, refuse } from "@fanfare/protocol";
import { errors, type JWTPayload, type JWTVerifyOptions, jwtVerify } from "jose";
import type { AuthConfig } from "../config/config.ts";
import type { Proof } from "../hub/identity.ts";
import { readClaims } from "./claims.ts";
import { NoKeys, type TokenKey } from "./token-key.ts";

/** A good token: its user, and what it proves. */
export interface Verified {
  readonly user: string;
  readonly proof: Proof;
}

/** The last time that `Date` can hold, in ms. */
const END_OF_TIME = 8.64e15;

/** Verifies tokens (SPEC AUTH-1, AUTH-2). */
export class TokenVerifier {
  constructor(
    private readonly tokenKey: TokenKey,
    private readonly rules: Pick<AuthConfig, "issuer" | "audience" | "skewMs">,
    private readonly now: () => number,
  ) {}

  /** Never rejects. A refusal says what is wrong, and quotes nothing of the token. */
  async verify(token: string): Promise<Verified | Refusal> {
    if (token.length > LIMITS.token) return unauthorized(`it has more than ${LIMITS.token} characters`);
    let payload: JWTPayload;
    try {
      payload = await this.#payload(token);
    } catch (error) {
      return refusalOf(error);
    }
    const claims = readClaims(payload);
    if ("wrong" in claims) return unauthorized(claims.wrong);
    const { user, grants } = claims;
    const { exp = 0 } = payload;
    if (exp * 1000 > END_OF_TIME) return unauthorized("its exp is no time");
    const expires = exp * 1000 + this.rules.skewMs;
    return { user, proof: { token: nameOf(token), expires, ...(grants && { grants }) } };
  }

  async #payload(token: string): Promise<JWTPayload> {
    const { key, algorithms } = this.tokenKey;
    const { issuer, audience, skewMs } = this.rules;
    const options: JWTVerifyOptions = {
      algorithms: [...algorithms],
      requiredClaims: ["sub", "exp"],
      clockTolerance: skewMs / 1000,
      currentDate: new Date(this.now()),
      ...(issuer !== undefined && { issuer }),
      ...(audience !== undefined && { audience }),
    };
    const { payload } =
      typeof key === "function" ? await jwtVerify(token, key, options) : await jwtVerify(token, key, options);
    return payload;
  }
}

/** A name for the token, made of what is signed: one signature can be written in several ways. */
function nameOf(token: string): string {
  return createHash("sha256")
    .update(token.slice(0, token.lastIndexOf(".")))
    .digest("base64url")
    .slice(0, 24);
}

function unauthorized(what: string): Refusal {
  return refuse("unauthorized", `The token is refused: ${what}.`);
}

const SAYS: Readonly<Record<string, string>> = {
  exp: "it has expired",
  nbf: "it is not valid yet",
  iss: "it is of another issuer",
  aud: "it is for another audience",
  sub: "it has no sub",
};

function refusalOf(error: unknown): Refusal {
  if (error instanceof errors.JWTExpired) return unauthorized("it has expired");
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.reason === "missing") return unauthorized(`it has no ${error.claim}`);
    return unauthorized(SAYS[error.claim] ?? `its ${error.claim} is wrong`);
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return unauthorized("its algorithm is not that of the key");
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return unauthorized("its signature does not match");
  if (error instanceof errors.JWKSNoMatchingKey)
    return unauthorized("it is signed with a key that is not known");
  if (error instanceof errors.JWKSMultipleMatchingKeys) return unauthorized("it does not name its key");
  if (isWithoutKeys(error)) {
    return refuse("unavailable", "The keys by which tokens are checked cannot be had right now; try again.");
  }
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) {
    return unauthorized("it is not a signed JWT");
  }
  return unauthorized("it cannot be checked with the key");
}

/** The key set cannot be fetched, or is none: no token is accepted until it is back. */
function isWithoutKeys(error: unknown): boolean {
  if (error instanceof NoKeys || error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid)
    return true;
  return error instanceof errors.JOSEError && error.code === "ERR_JOSE_GENERIC";
}

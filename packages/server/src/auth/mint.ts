import { SignJWT } from "jose";
import type { Permission } from "../config/permission.ts";

export interface TokenSpec {
  readonly user: string;
  /** Ms until the token expires. */
  readonly ttlMs: number;
  /** Left out, policies say what the user may do. */
  readonly rooms?: Readonly<Record<string, readonly Permission[]>>;
  readonly issuer?: string;
  readonly audience?: string;
}

/** A token that is signed with the server's own secret (HS256), for development and for the server's administrator. */
export function mintToken(
  secret: string,
  { user, ttlMs, rooms, issuer, audience }: TokenSpec,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const jwt = new SignJWT(rooms === undefined ? {} : { rooms })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setSubject(user)
    .setIssuedAt(now)
    .setExpirationTime(now + Math.max(1, Math.round(ttlMs / 1000)));
  if (issuer !== undefined) jwt.setIssuer(issuer);
  if (audience !== undefined) jwt.setAudience(audience);
  return jwt.sign(new TextEncoder().encode(secret));
}

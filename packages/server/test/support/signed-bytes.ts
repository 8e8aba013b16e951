import { createHmac } from "node:crypto";

/** A token (HS256) whose payload is these bytes. @param payload Latin-1 text, one character per byte */
export function signedBytes(secret: string, payload: string): string {
  const part = (text: string) => Buffer.from(text, "latin1").toString("base64url");
  const signed = `${part('{"alg":"HS256"}')}.${part(payload)}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

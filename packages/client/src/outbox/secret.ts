const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** 144 unguessable bits as 24 characters of `A-Z a-z 0-9 _ -`: a publisher's secret (SPEC HELLO-3), or a key. */
export function secret(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(24)), (byte) => ALPHABET[byte & 63]).join("");
}

/** A random secret of about 140 bits, as 24 characters of `A-Z a-z 0-9 _`: a publisher id (SPEC HELLO-3), or a key. */
export function secret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return btoa(String.fromCharCode(...bytes)).replace(/[+/]/g, "_");
}

/** @returns the CRC-32 of a text as UTF-8, in hexadecimal */
export function crc32(text: string): string {
  return Bun.hash.crc32(text).toString(16).padStart(8, "0");
}

const LETTERS = "The quick brown fox jumps over the lazy dog while five boxing wizards look on; ";

/** @returns so many ASCII characters that stand for themselves in JSON */
export function fillerOf(size: number): string {
  return LETTERS.repeat(Math.ceil(size / LETTERS.length)).slice(0, size);
}

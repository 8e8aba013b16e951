const ZERO = 48;

/** @returns the whole number that begins at `at`; NaN if none does */
export function readDigits(bytes: Buffer, at: number): number {
  let value = 0;
  let position = at;
  for (;;) {
    const digit = (bytes[position] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return position === at ? Number.NaN : value;
    value = value * 10 + digit;
    position += 1;
  }
}

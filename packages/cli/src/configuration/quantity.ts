/** Durations (`30s`, `7d`) and sizes (`64KiB`), as text. */

const DURATIONS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const SIZES = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
} as const;

/** @returns milliseconds; undefined for a text that is not a duration. */
export function parseDuration(text: string): number | undefined {
  return parse(text, DURATIONS);
}

/** Never in weeks: people say 7 days. */
export function formatDuration(ms: number): string {
  const { w, ...units } = DURATIONS;
  return format(ms, units);
}

/** @returns bytes; undefined for a text that is not a size. */
export function parseSize(text: string): number | undefined {
  return parse(text, SIZES);
}

/** In binary units, since sizes are mostly multiples of them. */
export function formatSize(bytes: number): string {
  const { B, KiB, MiB, GiB } = SIZES;
  return format(bytes, { B, KiB, MiB, GiB });
}

/** Parses a number and a unit; case does not matter. */
function parse(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, number, unit = ""] = /^(\d{1,15}(?:\.\d{1,6})?) ?([a-z]+)$/i.exec(text.trim()) ?? [];
  const size = Object.entries(units).find(([name]) => name.toLowerCase() === unit.toLowerCase())?.[1];
  const amount = number === undefined || size === undefined ? Number.NaN : Number(number) * size;
  return Number.isSafeInteger(amount) ? amount : undefined;
}

/** In the largest unit that gives a whole number. */
function format(amount: number, units: Readonly<Record<string, number>>): string {
  const fitting = Object.entries(units).filter(([, size]) => amount % size === 0);
  const [name, size] = (amount === 0 ? Object.entries(units)[0] : fitting.at(-1)) ?? ["", 1];
  return `${amount / size}${name}`;
}

/** Durations (`30s`, `7d`) and sizes (`64KiB`) as people write them. */

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

/** @returns milliseconds; undefined if it is none. */
export function parseDuration(text: string): number | undefined {
  return parse(text, DURATIONS);
}

/** Without weeks: people say 7 days. */
export function formatDuration(ms: number): string {
  const { w, ...units } = DURATIONS;
  return format(ms, units);
}

/** @returns bytes; undefined if it is none. */
export function parseSize(text: string): number | undefined {
  return parse(text, SIZES);
}

/** In the binary units, which are the ones that come out even. */
export function formatSize(bytes: number): string {
  const { B, KiB, MiB, GiB } = SIZES;
  return format(bytes, { B, KiB, MiB, GiB });
}

/** A number and a unit, which case does not tell apart. */
function parse(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, number, unit = ""] = /^(\d{1,15}(?:\.\d{1,6})?) ?([a-z]+)$/i.exec(text.trim()) ?? [];
  const size = Object.entries(units).find(([name]) => name.toLowerCase() === unit.toLowerCase())?.[1];
  const amount = number === undefined || size === undefined ? Number.NaN : Number(number) * size;
  return Number.isSafeInteger(amount) ? amount : undefined;
}

/** In the largest unit in which it is a whole number. */
function format(amount: number, units: Readonly<Record<string, number>>): string {
  const fitting = Object.entries(units).filter(([, size]) => amount % size === 0);
  const [name, size] = (amount === 0 ? Object.entries(units)[0] : fitting.at(-1)) ?? ["", 1];
  return `${amount / size}${name}`;
}

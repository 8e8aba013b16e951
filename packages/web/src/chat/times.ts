const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const DAY_AND_YEAR = new Intl.DateTimeFormat(undefined, { dateStyle: "full" });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const SHORT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export const timeOf = (at: number) => TIME.format(at);
/** Without am or pm, which is beside the name above. */
export const briefTimeOf = (at: number) =>
  TIME.formatToParts(at)
    .filter(({ type }) => type !== "dayPeriod")
    .map(({ value }) => value)
    .join("")
    .trim();
export const fullTimeOf = (at: number) => FULL.format(at);
export const dateAndTimeOf = (at: number) => SHORT.format(at);

/** Days are those of this machine's time zone. */
export function isSameDay(a: number, b: number): boolean {
  return Math.abs(a - b) < 86_400_000 * 2 && new Date(a).toDateString() === new Date(b).toDateString();
}

export function dayOf(at: number, now = Date.now()): string {
  if (isSameDay(at, now)) return "Today";
  const yesterday = new Date(now);
  yesterday.setDate(yesterday.getDate() - 1);
  if (isSameDay(at, yesterday.getTime())) return "Yesterday";
  const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return (isThisYear ? DAY : DAY_AND_YEAR).format(at);
}

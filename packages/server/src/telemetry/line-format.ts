import { cut, quoted } from "./legible.ts";
import type { Fields } from "./log.ts";

export const LEVELS = ["debug", "info", "warn", "error"] as const;
export type Level = (typeof LEVELS)[number];

/** One line of the log. */
export interface LogEntry {
  readonly level: Level;
  readonly event: string;
  readonly fields: Fields;
}

/** Formats an entry as one line, line end included. */
export type LineFormat = (entry: LogEntry, now: Date) => string;

/** Characters that are kept of the text in a field, and of a stack trace. */
const MOST = 500;
const MOST_OF_STACK = 4_000;

export const jsonLine: LineFormat = ({ level, event, fields }, now) => {
  let line = `{"time":"${now.toISOString()}","level":"${level}","event":${quoted(event)}`;
  for (const [name, value] of given(fields)) line += `,${quoted(name)}:${shown(name, value)}`;
  return `${line}}\n`;
};

const COLOURS: Readonly<Record<Level, string>> = {
  debug: "\x1b[90m",
  info: "\x1b[36m",
  warn: "\x1b[33m",
  error: "\x1b[31m",
};
const PLAIN = "\x1b[0m";

/** `04:18:02.123  info   server.listening      url=http://localhost:8080`, in local time. */
export function textLine(colour: boolean): LineFormat {
  return ({ level, event, fields }, now) => {
    const name = level.padEnd(5);
    const words = [wallClock(now), "", colour ? `${COLOURS[level]}${name}${PLAIN}` : name, ""];
    const said = given(fields).map(([field, value]) => `${field}=${bare(shown(field, value))}`);
    words.push(said.length === 0 ? event : event.padEnd(22), ...said);
    return `${words.join(" ")}\n`;
  };
}

function given(fields: Fields): [string, string | number | boolean][] {
  return Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
}

/** A JWT (RFC 7519). It is blanked wherever a client puts it, such as into a path. */
const TOKEN = /(?<=^|[^\w-]|%(?:25)*[\dA-Fa-f]{2})eyJ[\w-]*\.[\w-]+\.[\w-]*/g;
const BLANK = "[token]";

function shown(name: string, value: string | number | boolean): string {
  if (typeof value === "string") {
    return quoted(cut(value.replace(TOKEN, BLANK), name === "stack" ? MOST_OF_STACK : MOST));
  }
  return typeof value === "number" && !Number.isFinite(value) ? "null" : String(value);
}

/** Without its quotes where they are not needed. */
function bare(text: string): string {
  return /^"[^\s"\\=]+"$/.test(text) ? text.slice(1, -1) : text;
}

function wallClock(now: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const time = `${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`;
  return `${time}.${String(now.getMilliseconds()).padStart(3, "0")}`;
}

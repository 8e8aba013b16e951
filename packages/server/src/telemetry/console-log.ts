import { env } from "node:process";
import { isatty } from "node:tty";
import type { LogConfig } from "../config/config.ts";
import { jsonLine, LEVELS, type Level, type LineFormat, textLine } from "./line-format.ts";
import { LineSink } from "./line-sink.ts";
import type { Fields, Log } from "./log.ts";

const STDOUT = 1;
/** Ms that `flush` waits for a slow reader. */
const FLUSH_TIMEOUT = 1_000;

/** The log of the `fanfare` command: lines on standard output, as text or as JSON. */
export class ConsoleLog implements Log {
  readonly #least: number;
  readonly #sink: LineSink;

  /** @param sink takes the lines; standard output where it is left out. */
  static open({ level, format }: LogConfig, sink?: LineSink): ConsoleLog {
    const line = isText(format) ? textLine(isatty(STDOUT) && !env.NO_COLOR) : jsonLine;
    return new ConsoleLog(level, line, sink);
  }

  constructor(
    level: Level,
    private readonly line: LineFormat,
    sink?: LineSink,
    private readonly now: () => Date = () => new Date(),
  ) {
    this.#least = LEVELS.indexOf(level);
    this.#sink =
      sink ??
      new LineSink(STDOUT, undefined, undefined, (lines) =>
        line({ level: "warn", event: "log.dropped", fields: { lines } }, now()),
      );
  }

  debug(event: string, fields: Fields = {}): void {
    this.#put("debug", event, fields);
  }

  info(event: string, fields: Fields = {}): void {
    this.#put("info", event, fields);
  }

  warn(event: string, fields: Fields = {}): void {
    this.#put("warn", event, fields);
  }

  error(event: string, fields: Fields = {}): void {
    this.#put("error", event, fields);
  }

  /** Writes text for people between the lines, unchanged. */
  say(text: string): void {
    this.#sink.put(`${text}\n`);
  }

  /** Resolves once all lines are written, or after a second. */
  flush(): Promise<void> {
    return this.#sink.flush(FLUSH_TIMEOUT);
  }

  #put(level: Level, event: string, fields: Fields): void {
    if (LEVELS.indexOf(level) < this.#least) return;
    this.#sink.put(this.line({ level, event, fields }, this.now()));
  }
}

/** Whether lines are text: configured, or because standard output is a terminal. */
export function isText(format: LogConfig["format"]): boolean {
  return format === "text" || (format === "auto" && isatty(STDOUT));
}

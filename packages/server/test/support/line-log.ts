import type { Fields, Log } from "../../src/telemetry/log.ts";

interface Line {
  readonly event: string;
  readonly fields: Fields;
}

/** Keeps what is logged. */
export class LineLog implements Log {
  readonly lines: Line[] = [];

  debug(): void {}

  info(event: string, fields: Fields = {}): void {
    this.lines.push({ event, fields });
  }

  warn(event: string, fields: Fields = {}): void {
    this.lines.push({ event, fields });
  }

  error(event: string, fields: Fields = {}): void {
    this.lines.push({ event, fields });
  }

  /** The fields of what was logged as `event`. */
  of(event: string): Fields[] {
    return this.lines.filter((line) => line.event === event).map(({ fields }) => fields);
  }
}

import type { EventLine, Line, MessageLine } from "./line.ts";

/** A message or an event as one line of JSON: the record of SPEC ROOM-1. An event has neither offset nor id. */
export function recordOf(line: MessageLine | EventLine): string {
  const { room, type, from, at, json } = line;
  const place = line.kind === "message" ? { room, offset: line.offset, id: line.id } : { room };
  return `${JSON.stringify({ ...place, type, from, at }).slice(0, -1)},"data":${json}}`;
}

/** The messages and events of these lines, one per line. Notes of the page are left out. */
export function ndjsonOf(lines: readonly Line[]): Blob {
  const records = lines.flatMap((line) => (line.kind === "note" ? [] : [`${recordOf(line)}\n`]));
  return new Blob(records, { type: "application/x-ndjson" });
}

/** Saves a file through the browser's downloads. */
export function download(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT);
}

/** Ms for which the browser may read the file. */
const KEPT = 60_000;

/** A name by the time in UTC: `fanfare-20260131-235959.ndjson`. */
export function exportName(now: Date): string {
  const [day = "", time = ""] = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").split("T");
  return `fanfare-${day}-${time}.ndjson`;
}

import type { ReplayStart } from "../../hub/replay.ts";

/** A dialect whose frames are the records themselves: what differs between `board` and `feed`. */
export interface RecordKind {
  /** Name of the dialect, and type of its messages. */
  readonly name: string;
  /** Where a client's history begins unless it asks for another place. */
  readonly start: ReplayStart;
  /** Whether a name may be a pattern, for listening. */
  readonly patterns: boolean;
  /** What a frame must be, for the reason of a close: 123 bytes at most. */
  readonly expected: string;
  /** @returns the record that a client's frame stands for, as compact JSON text; undefined where the frame is not valid */
  parse(frame: unknown, at: number): string | undefined;
  /** @returns the frame that shows a record of the right type, from any publisher; undefined where it has another shape. */
  show(data: unknown, at: number): string | undefined;
}

/** JSON objects as they come out of `JSON.parse`: every key is an own one. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

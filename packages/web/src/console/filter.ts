import type { Line } from "./line.ts";

export interface Filter {
  /** Part of the data, the sender or the type, in any case. */
  readonly text: string;
  /** A room, or the pattern that delivered the line; empty: all. */
  readonly room: string;
  /** Empty: all. */
  readonly type: string;
  readonly events: boolean;
}

export const NO_FILTER: Filter = { text: "", room: "", type: "", events: false };

export function isFiltered({ text, room, type }: Filter): boolean {
  return text !== "" || room !== "" || type !== "";
}

/** @returns a predicate for the lines to show */
export function filterOf({ text, room, type, events }: Filter): (line: Line) => boolean {
  const wanted = text === "" ? undefined : new RegExp(text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"), "iu");
  return (line) => {
    if (room !== "" && line.room !== room && (line.kind === "note" || line.subscription !== room))
      return false;
    if (line.kind === "note") return type === "" && wanted === undefined;
    if (line.kind === "event" && !events) return false;
    if (type !== "" && line.type !== type) return false;
    return wanted === undefined || wanted.test(line.json) || wanted.test(line.from) || wanted.test(line.type);
  };
}

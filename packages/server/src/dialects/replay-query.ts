import type { Limits } from "../config/limits.ts";
import type { ReplayStart } from "../hub/replay.ts";

/** Reads where to begin from the address of a plain dialect: `?history=N` or `?after=OFFSET`. */
export function parseReplay(
  query: URLSearchParams,
  { historyPerJoin }: Limits,
): { start: ReplayStart } | { error: string } {
  const history = query.get("history");
  const after = query.get("after");
  if (history !== null && after !== null) return { error: "give history or after, not both" };
  if (history !== null) {
    const count = parseCount(history, historyPerJoin);
    return count === undefined
      ? { error: `history must be a number from 0 to ${historyPerJoin}` }
      : { start: { from: "history", count } };
  }
  if (after !== null) {
    const offset = parseCount(after, Number.MAX_SAFE_INTEGER);
    return offset === undefined
      ? { error: "after must be an offset, a number from 0" }
      : { start: { from: "position", offset } };
  }
  return { start: { from: "now" } };
}

function parseCount(text: string, most: number): number | undefined {
  if (!/^\d{1,16}$/.test(text)) return undefined;
  const count = Number(text);
  return count <= most ? count : undefined;
}

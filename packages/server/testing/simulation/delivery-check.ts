import type { ReplayStart } from "../../src/hub/replay.ts";
import type { Received } from "./simulated-client.ts";

/** What one member should have received of a room. */
export interface ExpectedDelivery {
  /** The type of every message of the room, in order: offset 1 first. */
  readonly log: readonly string[];
  readonly start: ReplayStart;
  readonly types?: readonly string[];
  /** Whether the log was trimmed under its readers: then less than was asked for may be there. */
  readonly trimmed: boolean;
  /** Whether it stayed to the end and took everything. */
  readonly complete: boolean;
}

/**
 * Compares what one member received, from `joined` on, with the log: in order, nothing twice, nothing missing
 * but what a `reset` covers (SPEC JOIN-1, JOIN-3, GAP-1).
 * @throws {Error} with what is wrong.
 */
export function checkDelivery(
  received: readonly Received[],
  { log, start, types, trimmed, complete }: ExpectedDelivery,
): void {
  const [joined, ...rest] = received;
  if (joined === undefined) {
    if (complete) throw new Error("the join was never answered");
    return;
  }
  if (joined.kind !== "joined") throw new Error(`the first frame is ${joined.kind}`);
  const shown = (offset: number): boolean => types?.includes(log[offset - 1] ?? "") ?? true;
  const nothingBetween = (from: number, to: number, before: string): void => {
    for (let offset = from; offset <= Math.min(to, log.length); offset++) {
      if (shown(offset)) throw new Error(`message ${offset} is missing before ${before}`);
    }
  };

  let next = firstOffset(start, joined.offset, rest, shown, trimmed);
  let live = false;
  for (const each of rest) {
    switch (each.kind) {
      case "message": {
        const { offset, type } = each.message;
        if (offset < next)
          throw new Error(`message ${offset} comes twice or out of order, after ${next - 1}`);
        if (!shown(offset) || log[offset - 1] !== type) throw new Error(`message ${offset} is not for it`);
        nothingBetween(next, offset - 1, `message ${offset}`);
        next = offset + 1;
        break;
      }
      case "reset":
        if (live) throw new Error("a reset after live");
        next = each.oldest;
        break;
      case "live":
        if (live) throw new Error("live twice");
        live = true;
        nothingBetween(next, each.offset, `live ${each.offset}`);
        next = each.offset + 1;
        break;
      case "joined":
        throw new Error("joined twice");
      default:
        if (!live) throw new Error(`${each.kind} before live`);
    }
  }
  if (!complete) return;
  if (!live) throw new Error("it never went live");
  nothingBetween(next, log.length, "the end");
}

/** The offset at which what it receives begins. */
function firstOffset(
  start: ReplayStart,
  head: number,
  rest: readonly Received[],
  shown: (offset: number) => boolean,
  trimmed: boolean,
): number {
  switch (start.from) {
    case "now":
    case "withheld":
      return head + 1;
    case "position":
      return start.offset + 1;
    case "history": {
      // The last so many as of some moment between `joined` and `live`; nothing is known before there is one.
      const first = rest.find(
        (each) => each.kind === "message" || each.kind === "live" || each.kind === "reset",
      );
      if (first === undefined || first.kind === "reset") return head + 1;
      // Nothing of what is left is shown to it.
      if (first.kind === "live" && trimmed) return first.offset + 1;
      const live = rest.find((each) => each.kind === "live");
      const latest = live?.kind === "live" ? live.offset : Number.POSITIVE_INFINITY;
      const from = first.kind === "message" ? first.message.offset : head + 1;
      const offsets = rest.flatMap((each) => (each.kind === "message" ? [each.message.offset] : []));
      let most = 0;
      for (let offset = from; offset <= head; offset++) if (shown(offset)) most++;
      if (most > start.count) throw new Error(`${most} of the past, where ${start.count} were asked for`);
      const replayed = offsets.filter((offset) => offset <= latest).length;
      let past = 0;
      for (let offset = 1; offset <= head; offset++) if (shown(offset)) past++;
      if (live !== undefined && !trimmed && replayed < Math.min(start.count, past)) {
        throw new Error(`${replayed} of the past, where ${start.count} were asked for and ${past} are there`);
      }
      return from;
    }
  }
}

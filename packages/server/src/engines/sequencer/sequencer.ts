/**
 * Judges whether an append is new, a duplicate or refused, by the numbers and ids that its room remembers (SPEC ONCE-1 to
 * ONCE-6). Pure: it changes nothing, so that a number or an id counts as used only once the message is kept.
 */
import type { Append, Outcome, StoredMessage } from "../engine.ts";
import type { IdWindow } from "./id-window.ts";
import { NUMBER_WINDOW, type NumberWindow } from "./number-window.ts";

/** What one room remembers. The appends kept before in the same step count. */
export interface Recall {
  ids(): IdWindow;
  /** Undefined if the publisher never published here, or its state has expired. */
  numbers(publisher: string): NumberWindow | undefined;
  /** The record at `offset`, or undefined if it can no longer be read. */
  stored(offset: number): StoredMessage | undefined;
}

export type Verdict =
  | { readonly kind: "new" }
  | { readonly kind: "duplicate"; readonly offset: number }
  | Exclude<Outcome, { kind: "kept" | "unavailable" }>;

const NEW: Verdict = { kind: "new" };
const CONFLICT: Verdict = { kind: "conflict" };
const TOO_OLD: Verdict = { kind: "too-old" };
const UNKNOWN_PUBLISHER: Verdict = { kind: "unknown-publisher" };

export function judge(append: Append, room: Recall): Verdict {
  const { recognition } = append;
  switch (recognition.by) {
    case "nothing":
      return NEW;
    case "id": {
      const offset = room.ids().find(append.id);
      return offset === undefined ? NEW : compare(append, offset, room);
    }
    case "number":
      return judgeNumber(append, recognition.n, room.numbers(recognition.publisher), room);
  }
}

function judgeNumber(append: Append, n: number, numbers: NumberWindow | undefined, room: Recall): Verdict {
  if (numbers === undefined) return n === 1 ? NEW : UNKNOWN_PUBLISHER;
  if (n === numbers.last + 1) return NEW;
  if (n > numbers.last) return { kind: "out-of-sequence", expected: numbers.last + 1 };
  if (n <= numbers.last - NUMBER_WINDOW) return TOO_OLD;
  const offset = numbers.find(n);
  return offset === undefined ? TOO_OLD : compare(append, offset, room);
}

/** A record that can no longer be read cannot be compared; it then counts as equal. */
function compare(append: Append, offset: number, room: Recall): Verdict {
  const stored = room.stored(offset);
  const same =
    stored === undefined ||
    (stored.type === append.type && stored.data === append.data && stored.from === append.from);
  return same ? { kind: "duplicate", offset } : CONFLICT;
}

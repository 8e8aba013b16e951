/** Appends, rooms and policies for tests. */
import { DEFAULT_POLICY, type Policy } from "../../src/config/policy.ts";
import type { Append, Outcome, PageLimit, Recognition } from "../../src/engines/engine.ts";

export const ROOM = "chat:one";
export const PUBLISHER = "publisher-0123456789";
export const ALL: PageLimit = { count: 1_000_000, bytes: Number.MAX_SAFE_INTEGER };

let serial = 0;

export function append(text: string, recognition: Recognition = { by: "nothing" }, room = ROOM): Append {
  const id = `id-${++serial}`;
  return {
    kind: "append",
    room,
    id,
    type: "chat",
    from: "Eren",
    at: Date.now(),
    data: dataOf(text),
    recognition,
  };
}

/** Published under a number; by one publisher unless another is named. */
export function numbered(n: number, text = `text ${n}`, room = ROOM, publisher = PUBLISHER): Append {
  return append(text, { by: "number", publisher, n }, room);
}

/** Published under an id that is to be recognised. */
export function identified(id: string, text = `text of ${id}`, room = ROOM): Append {
  return { ...append(text, { by: "id" }, room), id };
}

export function dataOf(text: string): string {
  return JSON.stringify({ text });
}

export function times<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i));
}

/** Offsets of outcomes that must all be `kept`. */
export function offsets(outcomes: readonly Outcome[]): number[] {
  return outcomes.map((outcome) => {
    if (outcome.kind !== "kept") throw new Error(`not kept: ${JSON.stringify(outcome)}`);
    return outcome.offset;
  });
}

export function historyOf(count: number, ageMs = Number.POSITIVE_INFINITY): Policy[] {
  return [{ ...DEFAULT_POLICY, history: { count, ageMs } }];
}

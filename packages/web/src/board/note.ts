/** A note: an object of strings, of which `message`, `from` and `timestamp` have a meaning. */
export interface Note {
  readonly message: string;
  readonly from: string | undefined;
  /** RFC 3339, whole seconds; empty if the note has none. */
  readonly timestamp: string;
  /** The other fields of the note. */
  readonly others: readonly (readonly [name: string, value: string])[];
}

/** @returns undefined for a frame that is not a note; the server sends no such frame */
export function readNote(frame: string): Note | undefined {
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const fields = Object.entries(value).filter(
    (field): field is [string, string] => typeof field[1] === "string",
  );
  // `fromEntries` sets any name as a property of its own, `__proto__` too.
  const { message = "", from, timestamp = "" } = Object.fromEntries(fields);
  const others = fields.filter(([name]) => !["message", "from", "timestamp"].includes(name));
  return { message, from: from?.trim() || undefined, timestamp, others };
}

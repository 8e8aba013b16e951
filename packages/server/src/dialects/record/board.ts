import { recordDialect } from "./record-dialect.ts";
import { isObject, type RecordKind } from "./record-kind.ts";

const TIMESTAMP = "timestamp";

/** A board's record is an object of strings, with the time at which it was published. */
const kind: RecordKind = {
  name: "board",
  start: { from: "position", offset: 0 },
  patterns: false,
  expected: 'a message on the board is a JSON object whose values are strings, such as {"message":"hi"}',

  parse(frame, at) {
    if (!isObject(frame)) return undefined;
    const fields: string[] = [];
    for (const [key, value] of Object.entries(frame)) {
      if (value !== null && typeof value !== "string") return undefined;
      if (key !== TIMESTAMP) fields.push(field(key, value ?? ""));
    }
    return objectOf([...fields, field(TIMESTAMP, rfc3339(at))]);
  },

  show(data, at) {
    if (!isObject(data)) return undefined;
    const fields: string[] = [];
    for (const [key, value] of Object.entries(data)) {
      if (typeof value !== "string") return undefined;
      fields.push(field(key, value));
    }
    // A native publisher may have left it out.
    if (!Object.hasOwn(data, TIMESTAMP)) fields.push(field(TIMESTAMP, rfc3339(at)));
    return objectOf(fields);
  },
};

/** The board of the seed system: a client is sent every stored message, then the live ones; what it sends goes to everyone. */
export const board = recordDialect(kind);

/** As text: an object would take a key such as `__proto__` for something else. */
function field(key: string, value: string): string {
  return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
}

function objectOf(fields: readonly string[]): string {
  return `{${fields.join(",")}}`;
}

/** Whole seconds, in UTC. */
function rfc3339(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

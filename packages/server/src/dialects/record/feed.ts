import { recordDialect } from "./record-dialect.ts";
import { isObject, type RecordKind } from "./record-kind.ts";

/** A feed's record is the writer's address and the content. */
const kind: RecordKind = {
  name: "feed",
  start: { from: "now" },
  patterns: true,
  expected: 'a frame of a feed is a JSON object with the strings "email" and "content"',

  parse(frame) {
    if (!isObject(frame)) return undefined;
    return record(frame.email ?? "", frame.content ?? "");
  },

  show(data) {
    return isObject(data) ? record(data.email, data.content) : undefined;
  },
};

/** The feed of the seed system: what a client sends to a topic goes to everyone there, and to those who listen to a pattern. */
export const feed = recordDialect(kind);

function record(email: unknown, content: unknown): string | undefined {
  if (typeof email !== "string" || typeof content !== "string") return undefined;
  return `{"email":${JSON.stringify(email)},"content":${JSON.stringify(content)}}`;
}

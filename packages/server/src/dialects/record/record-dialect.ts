import { parsePattern, parseRoomName } from "@fanfare/protocol";
import { type Admission, type Dialect, refused } from "../dialect.ts";
import { parseReplay } from "../replay-query.ts";
import type { RecordKind } from "./record-kind.ts";
import { ListeningSession, RecordSession } from "./session.ts";

/** The room of a mount whose path names none. */
const MAIN = "main";

/** A dialect whose clients send and get the records of a room, one in each frame. */
export function recordDialect(kind: RecordKind): Dialect {
  return {
    name: kind.name,
    admit({ name = MAIN, query, prefix }): Admission {
      const replay = parseReplay(query);
      if ("error" in replay) return refused(replay.error);
      const asked = query.has("history") || query.has("after");
      if (kind.patterns && name.endsWith("*")) {
        const pattern = parsePattern(prefix + name);
        if (pattern === undefined) {
          return refused("a pattern is the beginning of a name and one *, 128 bytes with its prefix");
        }
        if (asked) return refused("a pattern is live only: it has no history and no after");
        return { ok: true, open: (hub, link) => new ListeningSession(hub, link, kind, pattern) };
      }
      const room = name === "" ? undefined : parseRoomName(prefix + name);
      if (room === undefined) {
        return refused("the name must be 1 to 128 bytes with its prefix, without control characters and *");
      }
      const start = asked ? replay.start : kind.start;
      return { ok: true, open: (hub, link) => new RecordSession(hub, link, kind, room, start) };
    },
  };
}

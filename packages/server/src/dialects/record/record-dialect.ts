import { isRefused, parsePattern, parseRoomName } from "@fanfare/protocol";
import type { Hub } from "../../hub/hub.ts";
import type { Identity } from "../../hub/identity.ts";
import { type Admission, type Dialect, denied, refused } from "../dialect.ts";
import { parseReplay } from "../replay-query.ts";
import type { RecordKind } from "./record-kind.ts";
import { ListeningSession, RecordSession } from "./session.ts";

/** The room of a mount whose path names none. */
const MAIN = "main";
/** A guest on this wire gives no name; it gets one when its socket opens. */
const NAMELESS = "guest-";

/** A dialect whose clients send and get the records of a room, one in each frame. */
export function recordDialect(kind: RecordKind): Dialect {
  return {
    name: kind.name,
    admit({ name = MAIN, query, prefix, caller, authorizer, limits }): Admission {
      const visiting = authorizer.identify(caller, () => NAMELESS);
      if (isRefused(visiting)) return denied(visiting);
      const identity = (hub: Hub): Identity => (visiting.proof ? visiting : { user: hub.ids.guestName() });
      const replay = parseReplay(query, limits);
      if ("error" in replay) return refused(replay.error);
      const asked = query.has("history") || query.has("after");
      if (kind.patterns && name.endsWith("*")) {
        const pattern = parsePattern(prefix + name);
        if (pattern === undefined) {
          return refused("a pattern is the beginning of a name and one *, 128 bytes with its prefix");
        }
        if (asked) return refused("a pattern is live only: it has no history and no after");
        const refusal = authorizer.denial(visiting, "join", pattern);
        if (refusal !== undefined) return denied(refusal);
        return {
          ok: true,
          open: (hub, socket) => new ListeningSession(hub, socket, identity(hub), kind, pattern),
        };
      }
      const room = name === "" ? undefined : parseRoomName(prefix + name);
      if (room === undefined) {
        return refused(
          "the name must be 1 to 128 bytes with its prefix, without control characters, stray spaces and *",
        );
      }
      const refusal = authorizer.denial(visiting, "join", room);
      if (refusal !== undefined) return denied(refusal);
      const start = asked ? replay.start : kind.start;
      return {
        ok: true,
        open: (hub, socket) => new RecordSession(hub, socket, identity(hub), kind, room, start),
      };
    },
  };
}

import { isRefused, parseRoomName, parseUserName } from "@fanfare/protocol";
import type { ReplayStart } from "../../hub/replay.ts";
import { type Admission, type Dialect, denied, refused } from "../dialect.ts";
import { parseReplay } from "../replay-query.ts";
import { ChatSession } from "./session.ts";

/** The chat wire of the seed system: plain text in, `{"type","content","room","username"}` out. */
export const chat: Dialect = {
  name: "chat",
  admit({ name, query, prefix, caller, authorizer, limits }): Admission {
    const proven = caller.kind === "user" ? caller.user : undefined;
    const username = query.get("username") || proven;
    if (!name || !username) return refused("room and username are required");
    const room = parseRoomName(prefix + name);
    if (room === undefined) {
      return refused(
        "room must be 1 to 128 bytes with its prefix, without control characters, stray spaces and *",
      );
    }
    const user = parseUserName(username);
    if (user === undefined)
      return refused("username must be 1 to 64 characters without control characters and stray spaces");
    if (proven !== undefined && user !== proven) {
      return {
        ok: false,
        status: 403,
        error: "username is not the name that the token proves; leave it out",
      };
    }
    const identity = authorizer.identify(caller, () => user);
    if (isRefused(identity)) return denied(identity);
    const refusal = authorizer.denial(identity, "join", room);
    if (refusal !== undefined) return denied(refusal);
    const replay = parseReplay(query, limits);
    if ("error" in replay) return refused(replay.error);
    const resumes = query.has("after");
    const start: ReplayStart = replay.start;
    const people = authorizer.denial(identity, "presence", room) === undefined;
    const view = {
      room: name,
      people,
      offsets: resumes,
      typing: query.get("typing") === "1",
      membersListed: limits.membersListed,
    };
    return { ok: true, open: (hub, socket) => new ChatSession(hub, socket, { room, identity, start, view }) };
  },
};

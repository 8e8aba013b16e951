import { parseRoomName, parseUserName } from "@fanfare/protocol";
import type { Start } from "../../hub/catch-up.ts";
import { type Admission, type Dialect, refused } from "../dialect.ts";
import { parseReplay } from "../replay-query.ts";
import { ChatSession } from "./session.ts";

/** The chat wire of the seed system: plain text in, `{"type","content","room","username"}` out. */
export const chat: Dialect = {
  name: "chat",
  admit({ name, query, prefix }): Admission {
    const username = query.get("username");
    if (!name || !username) return refused("room and username are required");
    const room = parseRoomName(prefix + name);
    if (room === undefined) {
      return refused("room must be 1 to 128 bytes with its prefix, without control characters and *");
    }
    const user = parseUserName(username);
    if (user === undefined) return refused("username must be 1 to 64 characters without control characters");
    const replay = parseReplay(query);
    if ("error" in replay) return refused(replay.error);
    const resumes = query.has("after");
    const start: Start = replay.start;
    const view = { room: name, offsets: resumes, typing: query.get("typing") === "1" };
    return { ok: true, open: (hub, link) => new ChatSession(hub, link, { room, user, start, view }) };
  },
};

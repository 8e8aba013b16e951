import { isPattern, parsePattern, parseRoomName } from "@fanfare/protocol";
import type { HttpHandler } from "../gateway/http-handler.ts";
import { json } from "../gateway/json.ts";
import type { Authorize } from "./access.ts";

const PATH = "/api/permissions";

/**
 * `GET ?room=ROOM` answers what the client may do in a room, or in all rooms of a pattern (SPEC HTTP-12): 200 with
 * `room`, `permissions` and, of these, those that the room's policy switches `off`; 400, 401, 503 with `error`.
 */
export function permissions(authorize: Authorize): HttpHandler {
  return (request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname !== PATH) return undefined;
    if (request.method !== "GET" && request.method !== "HEAD") {
      return json(405, { error: "GET alone" }, { allow: "GET, HEAD" });
    }
    const given = searchParams.get("room") ?? "";
    const room = isPattern(given) ? parsePattern(given) : parseRoomName(given);
    if (room === undefined) return json(400, { error: "room must name a room, or be a pattern" });
    return answer(request, room);
  };

  async function answer(request: Request, room: string): Promise<Response> {
    const headers = { "cache-control": "no-store" };
    const requester = await authorize(request);
    if ("error" in requester) return json(requester.status, { error: requester.error }, headers);
    return json(200, { room, ...requester.permissions(room) }, headers);
  }
}

import { isPattern, parsePattern, parseRoomName } from "@fanfare/protocol";
import { type HttpRoute, READ_METHODS } from "../gateway/http-route.ts";
import { json } from "../gateway/json.ts";
import type { Authorize } from "./access.ts";

/**
 * `GET ?room=ROOM` answers what the client may do in a room, or in all rooms of a pattern (SPEC HTTP-12): 200 with
 * `room`, `permissions` and, of these, those that the room's policy switches `off`; 400, 401, 503 with `error`.
 */
export function permissions(authorize: Authorize): HttpRoute {
  return {
    path: "/api/permissions",
    methods: READ_METHODS,
    title: "what a client may do in ?room=ROOM",
    handle,
  };

  async function handle(request: Request): Promise<Response> {
    const given = new URL(request.url).searchParams.get("room") ?? "";
    const room = isPattern(given) ? parsePattern(given) : parseRoomName(given);
    if (room === undefined) return json(400, { error: "room must name a room, or be a pattern" });
    const headers = { "cache-control": "no-store" };
    const requester = await authorize(request);
    if ("error" in requester) return json(requester.status, { error: requester.error }, headers);
    return json(200, { room, ...requester.permissions(room) }, headers);
  }
}

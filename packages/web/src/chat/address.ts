import { decodeSegment, useAddress } from "../state/address.ts";

/** The address at which the user asks for another room. */
export const NEW_ROOM = "/?new";

/** @returns what the address `/r/TEXT` or `/?room=TEXT` names, whether a room can have that name or not; undefined at plain `/` */
export function useRoomText(): string | undefined {
  const { pathname, searchParams } = new URL(useAddress(), location.origin);
  return pathname.startsWith("/r/")
    ? decodeSegment(pathname.slice("/r/".length))
    : (searchParams.get("room") ?? undefined);
}

export function useIsNewRoom(): boolean {
  return useAddress() === NEW_ROOM;
}

/** `.` and `..` are steps in a path, also where they are percent-encoded, so they go into the query. */
export function roomPath(name: string): string {
  if (name === "." || name === "..") return `/?room=${name}`;
  return `/r/${encodeURIComponent(name)}`;
}

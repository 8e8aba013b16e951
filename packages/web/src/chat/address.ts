import { decodeSegment, useAddress } from "../state/address.ts";

/** The address at which the user asks for another room. */
export const NEW_ROOM = "/?new";

/** @returns what the address `/r/TEXT` names, whether a room can have that name or not; undefined at `/` */
export function useRoomText(): string | undefined {
  const { pathname } = new URL(useAddress(), location.origin);
  return pathname.startsWith("/r/") ? decodeSegment(pathname.slice("/r/".length)) : undefined;
}

export function useIsNewRoom(): boolean {
  return useAddress() === NEW_ROOM;
}

export function roomPath(name: string): string {
  return `/r/${encodeURIComponent(name)}`;
}

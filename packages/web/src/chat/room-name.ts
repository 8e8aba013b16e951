import { LIMITS, parseRoomName } from "@fanfare/protocol";
import { characterError, type NameResult, nameError, normalizeName } from "../identity/name.ts";

/** Bytes of a room's name without the prefix `chat:`, which the server adds to its limit. */
const LONGEST = LIMITS.roomName - "chat:".length;

/** Reads what a user typed, where a `#` may stand before the name. */
export function readRoomName(text: string): NameResult {
  return readAddressedRoom(text.trim().replace(/^#/u, ""));
}

/** Reads the name in an address. */
export function readAddressedRoom(text: string): NameResult {
  const name = normalizeName(text);
  if (name === "") return nameError("Enter a room name.");
  const { length: bytes } = new TextEncoder().encode(name);
  if (bytes > LONGEST) return nameError(`This name is too long: ${bytes} bytes of ${LONGEST}.`);
  if (name.includes("*")) return nameError("Room names can't contain *.");
  return parseRoomName(serverRoom(name)) === undefined ? nameError(characterError(name)) : { ok: true, name };
}

/** The server's name of a chat room. A plain client at `/ws/NAME` joins the same room. */
export function serverRoom(name: string): string {
  return `chat:${name}`;
}

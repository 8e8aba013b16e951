import { LIMITS, parseRoomName } from "@fanfare/protocol";
import { type NameResult, nameError, tidied, unreadable } from "../identity/user-name.ts";

/** Bytes of a room's name, which the server knows as `chat:NAME`. */
const LONGEST = LIMITS.roomName - "chat:".length;

export function readRoomName(text: string): NameResult {
  const name = tidied(text.trim().replace(/^#/u, ""));
  if (name === "") return nameError("Type the name of a room.");
  const { length: bytes } = new TextEncoder().encode(name);
  if (bytes > LONGEST) return nameError(`This name is too long: ${bytes} bytes, of ${LONGEST}.`);
  if (name.includes("*")) return nameError("A room's name has no *.");
  return parseRoomName(serverRoom(name)) === undefined ? nameError(unreadable(name)) : { ok: true, name };
}

/** The server's name of a chat room. A plain client at `/ws/NAME` is in the same one. */
export function serverRoom(name: string): string {
  return `chat:${name}`;
}

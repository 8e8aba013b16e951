import { LIMITS, parseRoomName } from "@fanfare/protocol";
import { type Naming, tidied, unreadable } from "../identity/user-name.ts";

/** Bytes of a room's name, which the server knows as `chat:NAME`. */
const LONGEST = LIMITS.roomName - "chat:".length;

export function readRoomName(text: string): Naming {
  const name = tidied(text.trim().replace(/^#/u, ""));
  if (name === "") return { fault: "Type the name of a room." };
  const { length: bytes } = new TextEncoder().encode(name);
  if (bytes > LONGEST) return { fault: `This name is too long: ${bytes} bytes, of ${LONGEST}.` };
  if (name.includes("*")) return { fault: "A room's name has no *." };
  return parseRoomName(serverRoom(name)) === undefined ? { fault: unreadable(name) } : { name };
}

/** The server's name of a chat room. A plain client at `/ws/NAME` is in the same one. */
export function serverRoom(name: string): string {
  return `chat:${name}`;
}

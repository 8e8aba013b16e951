/** Characters of a user's name, and bytes of a room's, which the server knows as `chat:NAME`, in 128 bytes. */
export const LONGEST_USER = 64;
const LONGEST_ROOM = 128 - "chat:".length;

/** What the server takes in no name (SPEC NAME-1): controls, line breaks, and what turns the direction of text. */
const UNSAFE = /[\p{Cc}\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\u00ad\u200b\u2060\ufeff]/u;

export type Naming = { readonly name: string } | { readonly fault: string };

export function readUserName(text: string, longest = LONGEST_USER): Naming {
  const name = text.trim().normalize("NFC");
  if (name === "") return { fault: "Type the name that others see." };
  const characters = [...name].length;
  if (characters > longest) {
    return { fault: `A name has at most ${longest} characters; this has ${characters}.` };
  }
  return faultOfCharacters(name) ?? { name };
}

export function readRoomName(text: string): Naming {
  const name = text.trim().replace(/^#/u, "").trim().normalize("NFC");
  if (name === "") return { fault: "Type the name of a room." };
  const { length: bytes } = new TextEncoder().encode(name);
  if (bytes > LONGEST_ROOM) return { fault: `This name is too long: ${bytes} bytes, of ${LONGEST_ROOM}.` };
  if (name.includes("*")) return { fault: "A room's name has no *." };
  return faultOfCharacters(name) ?? { name };
}

function faultOfCharacters(name: string): { readonly fault: string } | undefined {
  if (UNSAFE.test(name)) return { fault: "This has a character that cannot be seen. Type the name by hand." };
  if (!name.isWellFormed()) return { fault: "This has half of a character in it. Type the name by hand." };
  return undefined;
}

/** The server's name of a chat room. A plain client at `/ws/NAME` is in the same one. */
export function serverRoom(name: string): string {
  return `chat:${name}`;
}

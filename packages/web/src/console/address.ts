import { roomTrouble } from "./room-name.ts";

/** Rooms that one address may bring along: a connection may be in 1,000. */
const MOST = 100;

/** The rooms and patterns that an address names: `?room=chat:lobby&room=orders.*`. */
export function roomsOf(search: string): readonly string[] {
  const names = new URLSearchParams(search)
    .getAll("room")
    .map((name) => name.normalize("NFC"))
    .filter((name) => roomTrouble(name, { patterns: true }) === undefined);
  return [...new Set(names)].slice(0, MOST);
}

/** The query that brings these rooms back; `:`, `*` and `/` stay readable. */
export function searchOf(names: readonly string[]): string {
  if (names.length === 0) return "";
  return `?${names
    .map((name) => `room=${encodeURIComponent(name).replace(/%3A/g, ":").replace(/%2F/g, "/")}`)
    .join("&")}`;
}

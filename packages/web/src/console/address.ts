import { roomNameError } from "./room-name.ts";

/** Rooms that an address may name; a connection may join 1,000. */
const MOST = 100;

/** @returns the rooms and patterns that an address names: `?room=chat:lobby&room=orders.*` */
export function roomsOf(search: string): readonly string[] {
  const names = new URLSearchParams(search)
    .getAll("room")
    .map((name) => name.normalize("NFC"))
    .filter((name) => roomNameError(name, { patterns: true }) === undefined);
  return [...new Set(names)].slice(0, MOST);
}

/** @returns the query that names these rooms; `:`, `*` and `/` stay readable */
export function searchOf(names: readonly string[]): string {
  if (names.length === 0) return "";
  return `?${names
    .map((name) => `room=${encodeURIComponent(name).replace(/%3A/g, ":").replace(/%2F/g, "/")}`)
    .join("&")}`;
}

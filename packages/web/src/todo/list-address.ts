import { decodeSegment, useAddress } from "../state/address.ts";

const BASE = "/todo";

/** @returns the list that the address names; undefined at `/todo` */
export function useListText(): string | undefined {
  const { pathname, searchParams } = new URL(useAddress(), location.origin);
  const asked = searchParams.get("list");
  if (asked !== null) return asked;
  const text = pathname.slice(BASE.length + 1);
  return text === "" ? undefined : decodeSegment(text);
}

/** Browsers resolve the last segments `.` and `..` however they are encoded, so these lists are named in the query. */
export function listPath(list: string): string {
  const text = encodeURIComponent(list);
  return list === "." || list === ".." ? `${BASE}?list=${text}` : `${BASE}/${text}`;
}

import { type MouseEvent, useSyncExternalStore } from "react";

const BASE = "/todo";
const listeners = new Set<() => void>();

/** The list that the page is at, as its address says it; undefined at `/todo`. */
export function useListText(): string | undefined {
  return useSyncExternalStore(subscribe, readAddress);
}

/** A browser takes the last segments `.` and `..` for something else, however they are written. */
export function listPath(list: string): string {
  const text = encodeURIComponent(list);
  return list === "." || list === ".." ? `${BASE}?list=${text}` : `${BASE}/${text}`;
}

/** Goes to a list without loading the page again. */
export function goToList(list: string): void {
  const path = listPath(list);
  if (path !== location.pathname + location.search) history.pushState(null, "", path);
  for (const listener of listeners) listener();
}

/** For links: whoever wants another tab gets one. */
export function followLink(event: MouseEvent, list: string): void {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  goToList(list);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  addEventListener("popstate", listener);
  return () => {
    listeners.delete(listener);
    removeEventListener("popstate", listener);
  };
}

function readAddress(): string | undefined {
  const asked = new URLSearchParams(location.search).get("list");
  if (asked !== null) return asked;
  const text = location.pathname.slice(BASE.length + 1);
  if (text === "") return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

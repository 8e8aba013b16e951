import { type MouseEvent, useSyncExternalStore } from "react";

/** Where one asks for another room. */
export const NEW_ROOM = "/?new";

/** Where the page is: `undefined` at `/`; the text of the room at `/r/TEXT`, whatever it is. */
export function useRoomText(): string | undefined {
  return useSyncExternalStore(subscribe, readRoomText);
}

export function useIsNewRoom(): boolean {
  return useSyncExternalStore(subscribe, () => location.pathname + location.search === NEW_ROOM);
}

export function roomPath(name: string): string {
  return `/r/${encodeURIComponent(name)}`;
}

/** Goes to a path of this page without loading it again. */
export function goTo(path: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, "", path);
  else if (path !== location.pathname + location.search) history.pushState(null, "", path);
  for (const listener of listeners) listener();
}

/** For `onClick`: a link within the page, unless it is to open elsewhere. */
export function followLink(event: MouseEvent<HTMLAnchorElement>): void {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  goTo(event.currentTarget.pathname + event.currentTarget.search);
}

const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  addEventListener("popstate", listener);
  return () => {
    listeners.delete(listener);
    removeEventListener("popstate", listener);
  };
}

function readRoomText(): string | undefined {
  const { pathname } = location;
  if (!pathname.startsWith("/r/")) return undefined;
  const text = pathname.slice("/r/".length);
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

import { useSyncExternalStore } from "react";

/** Where the page is: `undefined` at `/`; the text of the room at `/r/TEXT`, whatever it is. */
export function useRoomText(): string | undefined {
  return useSyncExternalStore(subscribe, readPath);
}

export function roomPath(name: string): string {
  return `/r/${encodeURIComponent(name)}`;
}

/** Goes to a room, or to `/`, without loading the page again. */
export function goTo(name: string | undefined, { replace = false } = {}): void {
  const path = name === undefined ? "/" : roomPath(name);
  if (replace) history.replaceState(null, "", path);
  else if (path !== location.pathname) history.pushState(null, "", path);
  for (const listener of listeners) listener();
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

function readPath(): string | undefined {
  const { pathname } = location;
  if (!pathname.startsWith("/r/")) return undefined;
  const text = pathname.slice("/r/".length);
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

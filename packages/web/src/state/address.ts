import type { MouseEvent } from "react";
import { Store, useStore } from "./store.ts";

/** The page's path and query, as the browser shows them. */
const address = new Store(currentAddress());
addEventListener("popstate", () => address.set(currentAddress()));

/** @returns the path and query; the component renders again when they change */
export function useAddress(): string {
  return useStore(address);
}

/** Changes the path and query without loading the page again. */
export function navigate(path: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, "", path);
  else if (path !== currentAddress()) history.pushState(null, "", path);
  address.set(currentAddress());
}

/** The `onClick` of a link within the page. A click with a modifier key is the browser's. */
export function followLink(event: MouseEvent<HTMLAnchorElement>): void {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  navigate(event.currentTarget.pathname + event.currentTarget.search);
}

/** Decodes a segment of a path; a segment that is not valid percent-encoding stays as it is. */
export function decodeSegment(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function currentAddress(): string {
  return location.pathname + location.search;
}

/**
 * What the pages store in this browser. Where the browser stores nothing (it is blocked, or full), a page works
 * without it.
 */

const PREFIX = "fanfare.";

export function readStorage(key: string): string | undefined {
  try {
    return localStorage.getItem(PREFIX + key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** @param value undefined removes the item */
export function writeStorage(key: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, value);
  } catch {
    // The value is lost when the page is closed.
  }
}

/** @param parse validates the JSON value, which may be anything; undefined rejects it */
export function readStorageJson<T>(key: string, parse: (value: unknown) => T | undefined): T | undefined {
  try {
    return parse(JSON.parse(readStorage(key) ?? "null"));
  } catch {
    return undefined;
  }
}

/** Calls `listener` with the key when another tab changes an item. */
export function onStorageChange(listener: (key: string) => void): void {
  window.addEventListener("storage", ({ key }) => {
    if (key?.startsWith(PREFIX)) listener(key.slice(PREFIX.length));
  });
}

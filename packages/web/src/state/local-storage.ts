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

/** @param value undefined removes the item @returns whether it was written; if not, it is lost with the page */
export function writeStorage(key: string, value: string | undefined): boolean {
  try {
    if (value === undefined) localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, value);
    return true;
  } catch {
    return false;
  }
}

/** @returns the keys that begin with `prefix` */
export function storageKeys(prefix: string): readonly string[] {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX + prefix));
    return keys.map((key) => key.slice(PREFIX.length));
  } catch {
    return [];
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

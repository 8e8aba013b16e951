/** What this browser keeps for the page. Where it keeps nothing (blocked, or full), the page does without. */

const PREFIX = "fanfare.chat.";

export function recall(key: string): string | undefined {
  try {
    return localStorage.getItem(PREFIX + key) ?? undefined;
  } catch {
    return undefined;
  }
}

export function keep(key: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, value);
  } catch {
    // It lasts as long as the page.
  }
}

/** As JSON. What is there may be anything: the reader says whether it will do. */
export function recallJson<T>(key: string, parse: (value: unknown) => T | undefined): T | undefined {
  try {
    return parse(JSON.parse(recall(key) ?? "null"));
  } catch {
    return undefined;
  }
}

/** Calls when another tab has changed something. */
export function onKeptElsewhere(listener: (key: string) => void): void {
  window.addEventListener("storage", ({ key }) => {
    if (key?.startsWith(PREFIX)) listener(key.slice(PREFIX.length));
  });
}

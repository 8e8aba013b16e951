import { backoffDelay } from "@fanfare/protocol";
import { notify } from "./toasts.ts";

/** Before a file that could not be fetched is requested again. */
const BACKOFF = { min: 500, max: 8_000 };

const waiting: (() => Promise<unknown>)[] = [];
let fetching: Promise<void> | undefined;
let hasFailed = false;
let isWanted = false;

/**
 * For what no first load needs, but what must be at hand when the server is gone. It is fetched as soon as the page is
 * there, or when it is asked for; then what is given back resolves. It never rejects.
 */
export function later<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  const begin = () => {
    loading ??= fetchFiles()
      .then(load)
      .catch(() => {
        hasFailed = true;
        tell();
        return new Promise<T>(() => {});
      });
    return loading;
  };
  waiting.push(begin);
  return () => {
    isWanted = true;
    tell();
    return begin();
  };
}

/** Called once the page is drawn. */
export function fetchTheRest(): void {
  const fetchAll = () => {
    for (const begin of waiting.splice(0)) void begin();
  };
  // Safari has no requestIdleCallback.
  if ("requestIdleCallback" in window) requestIdleCallback(fetchAll, { timeout: 500 });
  else setTimeout(fetchAll, 200);
}

/**
 * Into the browser's cache: a module whose import has failed once fails for as long as the page lives, so it is imported
 * when it is there.
 */
function fetchFiles(): Promise<void> {
  const files = document.getElementById("app")?.dataset.later?.split(" ") ?? [];
  fetching ??= Promise.all(files.filter((file) => file !== "").map(fetchFile)).then(() => {
    hasFailed = false;
  });
  return fetching;
}

async function fetchFile(file: string): Promise<void> {
  for (let attempt = 0; !(await isFetched(file)); attempt += 1) {
    hasFailed = true;
    tell();
    await new Promise((resolve) => setTimeout(resolve, backoffDelay(BACKOFF, attempt)));
  }
}

async function isFetched(file: string): Promise<boolean> {
  try {
    const response = await fetch(file);
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

/** Somebody waits for it; once. */
function tell(): void {
  if (!hasFailed || !isWanted) return;
  isWanted = false;
  notify({
    title: "A part of this page is not here yet",
    description: "It comes once the server answers.",
    action: { label: "Load again", onSelect: () => location.reload() },
  });
}

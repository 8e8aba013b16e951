import { backoffDelay } from "@fanfare/protocol";
import { notify } from "./toasts.ts";

/** Before a failed fetch is repeated. */
const BACKOFF = { min: 500, max: 8_000 };

const waiting: (() => Promise<unknown>)[] = [];
let fetching: Promise<void> | undefined;
let hasFailed = false;
let isRequested = false;

/**
 * Defers an import that the first load does not need, but that must work when the server is away. It is fetched as soon as
 * the page is rendered, or when the returned function is called, whose promise never rejects.
 */
export function prefetch<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  const begin = () => {
    loading ??= fetchFiles()
      .then(load)
      .catch(() => {
        hasFailed = true;
        notifyDelay();
        return new Promise<T>(() => {});
      });
    return loading;
  };
  waiting.push(begin);
  return () => {
    isRequested = true;
    notifyDelay();
    return begin();
  };
}

/** Called once the page is rendered. */
export function startPrefetching(): void {
  const fetchAll = () => {
    for (const begin of waiting.splice(0)) void begin();
  };
  // Safari has no requestIdleCallback.
  if ("requestIdleCallback" in window) requestIdleCallback(fetchAll, { timeout: 500 });
  else setTimeout(fetchAll, 200);
}

/**
 * Fetches the files into the browser's cache. A module whose import has failed once fails for the life of the page, so
 * modules are imported after that.
 */
function fetchFiles(): Promise<void> {
  const files = document.getElementById("app")?.dataset.prefetch?.split(" ") ?? [];
  fetching ??= Promise.all(files.filter((file) => file !== "").map(fetchFile)).then(() => {
    hasFailed = false;
  });
  return fetching;
}

async function fetchFile(file: string): Promise<void> {
  for (let attempt = 0; !(await isFetched(file)); attempt += 1) {
    hasFailed = true;
    notifyDelay();
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

/** Notifies once that the user waits for a file that could not be fetched. */
function notifyDelay(): void {
  if (!hasFailed || !isRequested) return;
  isRequested = false;
  notify({
    title: "Part of this page hasn't loaded yet",
    description: "It loads when the server is reachable.",
    action: { label: "Load again", onSelect: () => location.reload() },
  });
}

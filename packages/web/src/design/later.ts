/** Fetched once the page is there and idle: what no first load needs, but what must be at hand when the server is gone. */
const waiting: (() => Promise<unknown>)[] = [];

export function laterOn(load: () => Promise<unknown>): void {
  waiting.push(load);
}

/** Called once the page is there. A failure is met again, and told, where it is needed. */
export function fetchTheRest(): void {
  const fetchAll = () => {
    for (const load of waiting.splice(0)) load().catch(() => {});
  };
  // Safari has no requestIdleCallback.
  if ("requestIdleCallback" in window) requestIdleCallback(fetchAll, { timeout: 5_000 });
  else setTimeout(fetchAll, 1_000);
}

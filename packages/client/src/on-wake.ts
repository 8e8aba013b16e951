interface Target {
  addEventListener(event: string, listener: () => void, options: { readonly signal: AbortSignal }): void;
}

/** The part of a page's global object that is used. */
type Page = Target & { readonly document?: Target & { readonly visibilityState: string } };

/**
 * Calls `wake` when a retry may succeed: the network has changed, or the page became visible. Outside a browser it is
 * never called.
 *
 * @returns removes the listeners
 */
export function onWake(wake: () => void): () => void {
  const end = new AbortController();
  const page = globalThis as unknown as Page;
  const { document } = page;
  if (document !== undefined) {
    page.addEventListener("online", wake, end);
    page.addEventListener("offline", wake, end);
    document.addEventListener(
      "visibilitychange",
      () => document.visibilityState === "visible" && wake(),
      end,
    );
  }
  return () => end.abort();
}

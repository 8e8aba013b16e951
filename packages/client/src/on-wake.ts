interface Target {
  addEventListener(event: string, listener: () => void): void;
  removeEventListener(event: string, listener: () => void): void;
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
  const page = globalThis as unknown as Page;
  const { document } = page;
  if (document === undefined) return () => {};
  const onVisible = () => {
    if (document.visibilityState === "visible") wake();
  };
  const listeners = [
    [page, "online", wake],
    [page, "offline", wake],
    [document, "visibilitychange", onVisible],
  ] as const;
  for (const [target, event, listener] of listeners) target.addEventListener(event, listener);
  return () => {
    for (const [target, event, listener] of listeners) target.removeEventListener(event, listener);
  };
}

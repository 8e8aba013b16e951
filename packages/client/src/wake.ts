interface Target {
  addEventListener(event: string, listener: () => void): void;
  removeEventListener(event: string, listener: () => void): void;
}

/** As much of a page as is needed. */
type Page = Target & { readonly document?: Target & { readonly visibilityState: string } };

/**
 * Calls when this may be a good moment to try again: the network has changed, or somebody looks at the page. Where
 * there is no page, never.
 *
 * @returns what ends it
 */
export function onWake(wake: () => void): () => void {
  const page = globalThis as unknown as Page;
  const { document } = page;
  if (document === undefined) return () => {};
  const look = () => {
    if (document.visibilityState === "visible") wake();
  };
  const places = [
    [page, "online", wake],
    [page, "offline", wake],
    [document, "visibilitychange", look],
  ] as const;
  for (const [target, event, listener] of places) target.addEventListener(event, listener);
  return () => {
    for (const [target, event, listener] of places) target.removeEventListener(event, listener);
  };
}

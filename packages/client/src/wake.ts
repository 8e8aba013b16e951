type Listen = (event: string, listener: () => void) => void;

/** As much of a page as is needed. */
interface Page {
  readonly addEventListener: Listen;
  readonly removeEventListener: Listen;
  readonly document: {
    readonly visibilityState: string;
    readonly addEventListener: Listen;
    readonly removeEventListener: Listen;
  };
}

/**
 * Calls when this may be a good moment to try again: the network has changed, or somebody looks at the page. Where
 * there is no page, never.
 *
 * @returns what ends it
 */
export function onWake(wake: () => void): () => void {
  const { document, addEventListener, removeEventListener } = globalThis as Partial<Page>;
  if (document === undefined || addEventListener === undefined || removeEventListener === undefined)
    return () => {};
  const look = () => {
    if (document.visibilityState === "visible") wake();
  };
  for (const event of ["online", "offline"]) addEventListener(event, wake);
  document.addEventListener("visibilitychange", look);
  return () => {
    for (const event of ["online", "offline"]) removeEventListener(event, wake);
    document.removeEventListener("visibilitychange", look);
  };
}

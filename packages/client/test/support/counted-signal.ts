/** A signal, and how many listeners it has now. */
export function countedSignal(): { readonly signal: AbortSignal; readonly listeners: () => number } {
  const { signal } = new AbortController();
  let count = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...all: Parameters<typeof addEventListener>) => {
    count += 1;
    addEventListener.apply(signal, all);
  };
  signal.removeEventListener = (...all: Parameters<typeof removeEventListener>) => {
    count -= 1;
    removeEventListener.apply(signal, all);
  };
  return { signal, listeners: () => count };
}

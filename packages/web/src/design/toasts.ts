export interface Notice {
  readonly title: string;
  readonly description?: string;
  /** Ms until it goes; 0: it stays. */
  readonly timeout?: number;
  readonly action?: { readonly label: string; readonly onSelect: () => void };
}

export interface Toast extends Notice {
  readonly key: number;
}

/** More at once push out the oldest. */
const MOST = 4;

let toasts: readonly Toast[] = [];
let serial = 0;
const listeners = new Set<() => void>();

/** Says something at the edge of the page, and politely aloud. For what happened elsewhere, or is done. */
export function notify(notice: Notice): void {
  change([...toasts, { ...notice, key: ++serial }].slice(-MOST));
}

export function dismiss(toast: Toast): void {
  change(toasts.filter(({ key }) => key !== toast.key));
}

export function presentToasts(): readonly Toast[] {
  return toasts;
}

export function subscribeToToasts(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

function change(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

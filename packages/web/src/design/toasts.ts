import { Store } from "../state/store.ts";

export interface Notice {
  readonly title: string;
  readonly description?: string;
  /** Ms until it goes; 0 keeps it. */
  readonly timeout?: number;
  readonly action?: { readonly label: string; readonly onSelect: () => void };
}

export interface Toast extends Notice {
  readonly key: number;
}

/** Toasts at once; more remove the oldest. */
const MOST = 4;

export const toasts = new Store<readonly Toast[]>([]);
let serial = 0;

/** Shows a toast, which screen readers announce politely. For events elsewhere, and for what is done. */
export function notify(notice: Notice): void {
  toasts.set([...toasts.value, { ...notice, key: ++serial }].slice(-MOST));
}

export function dismiss(toast: Toast): void {
  toasts.set(toasts.value.filter(({ key }) => key !== toast.key));
}

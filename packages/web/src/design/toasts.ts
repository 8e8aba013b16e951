import { laterOn } from "./later.ts";

export interface Notice {
  readonly title: string;
  readonly description?: string;
  /** Ms until it goes; 0: it stays. */
  readonly timeout?: number;
  readonly action?: { readonly label: string; readonly onSelect: () => void };
}

const load = () => import("./toast-layer.tsx");
laterOn(load);

/** Says something at the edge of the page, and politely aloud. For what happened elsewhere, or is done. */
export function notify(notice: Notice): void {
  void load().then(({ show }) => show(notice));
}

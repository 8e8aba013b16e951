import type { ConfirmDialogProps, DialogProps } from "./dialog-popup.tsx";
import type { SheetProps } from "./sheet-popup.tsx";
import { whenOpen } from "./when-open.tsx";

/** A question or a form above the page. The focus goes into it, stays there, and comes back. */
export const Dialog = whenOpen<DialogProps>(async () => (await import("./dialog-popup.tsx")).DialogPopup);

/** Asks before something that cannot be undone. */
export const ConfirmDialog = whenOpen<ConfirmDialogProps>(
  async () => (await import("./dialog-popup.tsx")).ConfirmPopup,
);

/** A part of the page that comes in from the side, where there is no room for it beside the rest. */
export const Sheet = whenOpen<SheetProps>(async () => (await import("./sheet-popup.tsx")).SheetPopup);

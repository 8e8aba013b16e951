import type { ConfirmDialogProps, DialogProps } from "./dialog-popup.tsx";
import { lazyDialog } from "./lazy-dialog.tsx";
import type { SheetProps } from "./sheet-popup.tsx";

/** A modal dialog. The focus moves into it, stays there, and returns. */
export const Dialog = lazyDialog<DialogProps>(async () => (await import("./dialog-popup.tsx")).DialogPopup);

/** Asks before an action that cannot be undone. */
export const ConfirmDialog = lazyDialog<ConfirmDialogProps>(
  async () => (await import("./dialog-popup.tsx")).ConfirmPopup,
);

/** A panel that slides in from the side. */
export const Sheet = lazyDialog<SheetProps>(async () => (await import("./sheet-popup.tsx")).SheetPopup);

import type { ReactNode } from "react";

/** The buttons at the end of a dialog. The one that performs the action comes last. */
export function DialogActions({ children }: { readonly children: ReactNode }) {
  return <div className="flex justify-end gap-2 pt-1">{children}</div>;
}

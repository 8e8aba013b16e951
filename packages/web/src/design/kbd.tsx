import type { ReactNode } from "react";

/** A key of the keyboard. */
export function Kbd({ children }: { readonly children: ReactNode }) {
  return (
    <kbd className="inline-flex h-4.5 items-center rounded-sm border border-line bg-sunken px-1 font-sans text-xs leading-none text-muted">
      {children}
    </kbd>
  );
}

import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "./button.tsx";

export interface SheetProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: string;
  /** Shown beside the title. */
  readonly action?: ReactNode;
  readonly side?: "left" | "right";
  readonly children: ReactNode;
}

const SIDES = {
  left: "left-0 data-ending-style:-translate-x-full data-starting-style:-translate-x-full",
  right: "right-0 data-ending-style:translate-x-full data-starting-style:translate-x-full",
};

export function SheetPopup({ open, onOpenChange, title, action, side = "left", children }: SheetProps) {
  return (
    <Base.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-backdrop transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup
          className={`fixed inset-y-0 z-40 flex w-[min(20rem,85vw)] flex-col bg-canvas shadow-popup transition-transform duration-200 ${SIDES[side]}`}
        >
          <header className="flex h-13 shrink-0 items-center justify-between gap-2 border-line border-b pr-2 pl-4">
            <Base.Title className="min-w-0 flex-1 truncate text-lg font-semibold">{title}</Base.Title>
            {action}
            <Base.Close render={<IconButton icon={X} label="Close" />} />
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto">{children}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

import { cloneElement, type ReactElement } from "react";

export interface TooltipProps {
  readonly label: string;
  /** Shown behind the label: `Ctrl K`. */
  readonly shortcut?: string;
  readonly side?: "right" | "bottom";
  /** What it explains: one element that takes focus. It needs a name of its own; a tooltip is not read aloud. */
  readonly children: ReactElement<Record<string, unknown>>;
}

/** Says on hover and focus what something is. Drawn by the tooltip layer, of which a page has one. */
export function Tooltip({ label, shortcut, side = "bottom", children }: TooltipProps) {
  return cloneElement(children, {
    "data-tooltip": shortcut === undefined ? label : `${label}  ${shortcut}`,
    "data-tooltip-side": side,
  });
}

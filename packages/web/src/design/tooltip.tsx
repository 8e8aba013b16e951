import { cloneElement, type ReactElement } from "react";

export interface TooltipProps {
  readonly label: string;
  /** Shown after the label: `Ctrl K`. */
  readonly shortcut?: string;
  readonly side?: "right" | "bottom";
  /** One element that takes focus. It needs an accessible name, since screen readers skip the tooltip. */
  readonly children: ReactElement<Record<string, unknown>>;
}

/** Gives an element a tooltip on hover and focus. The tooltip layer of the page draws it. */
export function Tooltip({ label, shortcut, side = "bottom", children }: TooltipProps) {
  return cloneElement(children, {
    "data-tooltip": shortcut === undefined ? label : `${label}  ${shortcut}`,
    "data-tooltip-side": side,
  });
}

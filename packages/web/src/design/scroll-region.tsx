import type { ComponentProps } from "react";
import { classNames } from "./class-names.ts";

export interface ScrollRegionProps extends Omit<ComponentProps<"section">, "aria-label"> {
  readonly label: string;
}

/** A part of a page that scrolls, by keyboard too. It needs a height: `h-full`, or room to grow in a column. */
export function ScrollRegion({ label, className, ...rest }: ScrollRegionProps) {
  return (
    <section
      {...rest}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: without a focus the keyboard cannot scroll it (axe: scrollable-region-focusable).
      tabIndex={0}
      className={classNames("overflow-y-auto focus-visible:-outline-offset-2", className)}
    />
  );
}

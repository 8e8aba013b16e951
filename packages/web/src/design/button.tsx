import type { LucideIcon } from "lucide-react";
import type { ComponentProps } from "react";
import { classNames } from "./class-names.ts";
import { Tooltip } from "./tooltip.tsx";

/** One `primary` per view; `quiet` for buttons in a row. */
export type ButtonVariant = "primary" | "secondary" | "quiet" | "danger";

export interface ButtonProps extends ComponentProps<"button"> {
  readonly variant?: ButtonVariant;
  readonly size?: "sm" | "md";
  readonly icon?: LucideIcon;
}

const SHAPE =
  "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap transition-colors select-none disabled:cursor-not-allowed disabled:opacity-50";
const SIZES = { sm: "h-7 px-2.5 text-sm", md: "h-8 px-3 max-md:h-10" };
const VARIANTS: Record<ButtonVariant, string> = {
  primary: "bg-accent text-on-accent enabled:hover:bg-accent-hover",
  secondary: "border border-line bg-surface text-ink enabled:hover:bg-hover data-popup-open:bg-hover",
  quiet:
    "text-ink enabled:hover:bg-hover data-popup-open:bg-hover aria-pressed:bg-accent-soft aria-pressed:text-accent-ink",
  danger: "bg-danger text-on-danger enabled:hover:bg-danger-hover",
};

export function Button({
  variant = "secondary",
  size = "md",
  icon: Icon,
  className,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button type="button" {...rest} className={classNames(SHAPE, SIZES[size], VARIANTS[variant], className)}>
      {Icon && <Icon aria-hidden className="size-4 shrink-0" />}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Omit<ComponentProps<"button">, "aria-label" | "children"> {
  readonly icon: LucideIcon;
  /** The accessible name, and the tooltip. */
  readonly label: string;
  readonly variant?: ButtonVariant;
  readonly size?: "sm" | "md";
  /** Shown after the label in the tooltip: `Ctrl K`. */
  readonly shortcut?: string;
}

const SQUARES = { sm: "size-7", md: "size-8 max-md:size-10" };

/** A button that is only an icon. Its label is its accessible name, and a tooltip on hover and focus. */
export function IconButton({
  icon: Icon,
  label,
  variant = "quiet",
  size = "md",
  shortcut,
  className,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip label={label} {...(shortcut && { shortcut })}>
      <button
        type="button"
        aria-label={label}
        {...rest}
        className={classNames(SHAPE, SQUARES[size], VARIANTS[variant], className)}
      >
        <Icon aria-hidden className="size-4" />
      </button>
    </Tooltip>
  );
}

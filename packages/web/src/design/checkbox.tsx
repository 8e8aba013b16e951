import { Check } from "lucide-react";
import type { ComponentProps } from "react";
import { classNames } from "./class-names.ts";

export interface CheckboxProps
  extends Omit<ComponentProps<"button">, "children" | "onClick" | "role" | "type"> {
  readonly checked: boolean;
  readonly onCheckedChange: (checked: boolean) => void;
  /** The accessible name. */
  readonly label: string;
  /** Round for an item that is done, square for an option. */
  readonly round?: boolean;
}

/** `after:` makes the area for clicks larger than the box. */
const SHAPE =
  "relative inline-flex size-4.5 shrink-0 items-center justify-center border transition-colors after:absolute after:-inset-3 not-aria-readonly:hover:border-accent disabled:opacity-50";

export function Checkbox({
  checked,
  onCheckedChange,
  label,
  round = false,
  className,
  ...rest
}: CheckboxProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: an input cannot be drawn like this everywhere, nor hold the mark.
    <button
      type="button"
      role="checkbox"
      aria-checked={checked}
      aria-label={label}
      onClick={() => onCheckedChange(!checked)}
      {...rest}
      className={classNames(
        SHAPE,
        round ? "rounded-full" : "rounded-sm",
        checked ? "border-accent bg-accent text-on-accent" : "border-edge bg-surface",
        className,
      )}
    >
      {checked && <Check aria-hidden className="size-3 stroke-3" />}
    </button>
  );
}

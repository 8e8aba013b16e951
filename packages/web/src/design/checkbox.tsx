import { Checkbox as Base } from "@base-ui/react/checkbox";
import { Check } from "lucide-react";

export interface CheckboxProps {
  readonly checked: boolean;
  readonly onCheckedChange: (checked: boolean) => void;
  /** Its name; what stands beside it may be more. */
  readonly label: string;
  readonly disabled?: boolean;
  /** Round: something that is done, rather than chosen. */
  readonly round?: boolean;
}

export function Checkbox({
  checked,
  onCheckedChange,
  label,
  disabled = false,
  round = false,
}: CheckboxProps) {
  return (
    <Base.Root
      aria-label={label}
      checked={checked}
      disabled={disabled}
      onCheckedChange={(next) => onCheckedChange(next)}
      className={`relative inline-flex size-4.5 shrink-0 items-center justify-center border border-edge bg-surface transition-colors after:absolute after:-inset-2 hover:border-accent data-checked:border-accent data-checked:bg-accent data-disabled:opacity-50 ${round ? "rounded-full" : "rounded-sm"}`}
    >
      <Base.Indicator className="text-on-accent">
        <Check aria-hidden className="size-3 stroke-3" />
      </Base.Indicator>
    </Base.Root>
  );
}

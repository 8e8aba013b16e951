import { Toggle } from "@base-ui/react/toggle";
import { ToggleGroup } from "@base-ui/react/toggle-group";

export interface SegmentedProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly onValue: (value: T) => void;
  readonly options: readonly { readonly value: T; readonly label: string }[];
}

/** A choice of a few options. Arrow keys move between them. */
export function Segmented<T extends string>({ label, value, onValue, options }: SegmentedProps<T>) {
  return (
    <ToggleGroup
      aria-label={label}
      value={[value]}
      onValueChange={([next]) => {
        const chosen = options.find((option) => option.value === next);
        if (chosen) onValue(chosen.value);
      }}
      className="inline-flex shrink-0 rounded-md bg-hover p-0.5"
    >
      {options.map((option) => (
        <Toggle
          key={option.value}
          value={option.value}
          className="h-7 rounded-sm px-2.5 text-sm font-medium text-muted transition-colors hover:text-ink data-pressed:bg-surface data-pressed:text-ink data-pressed:shadow-sm max-md:h-9"
        >
          {option.label}
        </Toggle>
      ))}
    </ToggleGroup>
  );
}

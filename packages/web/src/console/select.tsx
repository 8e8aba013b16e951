import { classNames, Field } from "../design/index.ts";

export interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly className?: string;
}

/** The platform's own drop-down list. */
export function Select({ label, value, onValue, options, className }: SelectProps) {
  return (
    <Field label={label} labelHidden>
      {(control) => (
        <select
          {...control}
          value={value}
          onChange={(event) => onValue(event.currentTarget.value)}
          className={classNames(control.className, "h-8 truncate max-md:h-10", className)}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

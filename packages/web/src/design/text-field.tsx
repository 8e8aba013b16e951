import type { ComponentProps } from "react";
import { classNames } from "./class-names.ts";
import { charactersOf, Field, type FieldProps } from "./field.tsx";

export interface TextFieldProps
  extends FieldProps,
    Omit<ComponentProps<"input">, "id" | "value" | "onChange"> {
  readonly value: string;
  readonly onValue: (value: string) => void;
}

/** One line of text. */
export function TextField({
  label,
  labelHidden,
  hint,
  error,
  limit,
  used,
  value,
  onValue,
  className,
  ...rest
}: TextFieldProps) {
  const field = {
    label,
    hint,
    error,
    used: used ?? charactersOf(value),
    ...(labelHidden && { labelHidden }),
  };
  return (
    <Field {...field} {...(limit !== undefined && { limit })}>
      {(control) => (
        <input
          type="text"
          {...rest}
          {...control}
          className={classNames(control.className, "h-8 max-md:h-10", className)}
          value={value}
          onChange={(event) => onValue(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

export interface TextAreaProps
  extends FieldProps,
    Omit<ComponentProps<"textarea">, "id" | "value" | "onChange"> {
  readonly value: string;
  readonly onValue: (value: string) => void;
}

/** Text of several lines; it grows with what stands in it, up to its `max-h-…`. */
export function TextArea({
  label,
  labelHidden,
  hint,
  error,
  limit,
  used,
  value,
  onValue,
  className,
  ...rest
}: TextAreaProps) {
  const field = {
    label,
    hint,
    error,
    used: used ?? charactersOf(value),
    ...(labelHidden && { labelHidden }),
  };
  return (
    <Field {...field} {...(limit !== undefined && { limit })}>
      {(control) => (
        <textarea
          rows={1}
          {...rest}
          {...control}
          className={classNames(
            control.className,
            "field-sizing-content max-h-60 min-h-8 resize-none py-1 max-md:min-h-10 max-md:py-[7px]",
            className,
          )}
          value={value}
          onChange={(event) => onValue(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

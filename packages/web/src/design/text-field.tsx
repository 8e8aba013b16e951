import type { ComponentProps } from "react";
import { classNames } from "./class-names.ts";
import { charactersOf, Field, type FieldProps } from "./field.tsx";

interface TextProps extends FieldProps {
  readonly value: string;
  readonly onValue: (value: string) => void;
}

export type TextFieldProps = TextProps & Omit<ComponentProps<"input">, "id" | "value" | "onChange">;

/** A field for one line of text. */
export function TextField(props: TextFieldProps) {
  const [field, { value, onValue, className, ...rest }] = splitProps(props);
  return (
    <Field {...field}>
      {(control) => (
        <input
          type="text"
          dir="auto"
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

export type TextAreaProps = TextProps & Omit<ComponentProps<"textarea">, "id" | "value" | "onChange">;

/** A field for several lines of text that grows with its value, up to its `max-h-…`. */
export function TextArea(props: TextAreaProps) {
  const [field, { value, onValue, className, ...rest }] = splitProps(props);
  return (
    <Field {...field}>
      {(control) => (
        <textarea
          rows={1}
          dir="auto"
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

/** Splits the properties of `Field` from those of the control. */
function splitProps<P extends TextProps>(props: P) {
  const { label, labelHidden, hint, error, limit, used = charactersOf(props.value), ...own } = props;
  const field: FieldProps = {
    label,
    hint,
    error,
    used,
    ...(labelHidden && { labelHidden }),
    ...(limit !== undefined && { limit }),
  };
  return [field, own] as const;
}

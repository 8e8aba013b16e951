import { type ReactNode, useId } from "react";
import { classNames } from "./class-names.ts";

/** The properties that all text controls share. */
export interface FieldProps {
  readonly label: string;
  /** Only screen readers get the label. */
  readonly labelHidden?: boolean;
  readonly hint?: ReactNode;
  /** Why the value is not valid. Screen readers announce it. */
  readonly error?: string | undefined;
  /** Most characters; a counter appears when less than a tenth is left. */
  readonly limit?: number;
  /** The size that counts against `limit`; by default the code points of the value. */
  readonly used?: number;
}

export interface ControlProps {
  readonly id: string;
  readonly className: string;
  readonly "aria-invalid": boolean;
  readonly "aria-describedby": string | undefined;
}

const CONTROL =
  "w-full min-w-0 rounded-md border bg-surface px-2.5 text-ink placeholder:text-muted transition-colors max-md:text-lg disabled:opacity-60";

/** Renders label, hint, error and counter around a control, and gives the control their ids. */
export function Field({
  label,
  labelHidden = false,
  hint,
  error,
  limit,
  used = 0,
  children,
}: FieldProps & { readonly children: (control: ControlProps) => ReactNode }) {
  const id = useId();
  const left = limit === undefined ? undefined : limit - used;
  const isCounted = left !== undefined && limit !== undefined && left < limit / 10;
  const isOver = left !== undefined && left < 0;
  const described = [
    hint !== undefined && `${id}-hint`,
    error !== undefined && `${id}-error`,
    isCounted && `${id}-count`,
  ];
  return (
    <div className="flex min-w-0 flex-1 flex-col gap-1">
      <label htmlFor={id} className={labelHidden ? "sr-only" : "text-sm font-medium"}>
        {label}
      </label>
      {children({
        id,
        className: classNames(CONTROL, error !== undefined || isOver ? "border-danger" : "border-edge"),
        "aria-invalid": error !== undefined || isOver,
        "aria-describedby": described.filter(Boolean).join(" ") || undefined,
      })}
      {hint !== undefined && error === undefined && (
        <p id={`${id}-hint`} className="text-sm text-muted">
          {hint}
        </p>
      )}
      <div className="flex justify-between gap-3 text-sm empty:hidden">
        {error !== undefined && (
          <p id={`${id}-error`} role="alert" className="text-danger">
            {error}
          </p>
        )}
        {isCounted && (
          <p
            id={`${id}-count`}
            className={classNames("ml-auto tabular-nums", isOver ? "font-medium text-danger" : "text-muted")}
          >
            {isOver ? `${-left} too many` : `${left} left`}
          </p>
        )}
      </div>
    </div>
  );
}

/** Counts code points. */
export function charactersOf(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

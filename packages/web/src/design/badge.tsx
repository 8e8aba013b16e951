import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { TONE_SOFT, type Tone } from "./tone.ts";

/** A short word or a number. */
export function Badge({
  tone = "neutral",
  children,
}: {
  readonly tone?: Tone;
  readonly children: ReactNode;
}) {
  return (
    <span
      className={classNames(
        "inline-flex h-5 min-w-5 shrink-0 items-center justify-center gap-1 rounded-full px-1.5 text-xs font-medium tabular-nums",
        TONE_SOFT[tone],
      )}
    >
      {children}
    </span>
  );
}

const DOTS: Record<Tone, string> = {
  neutral: "bg-muted",
  accent: "bg-accent",
  positive: "bg-positive",
  caution: "bg-caution",
  danger: "bg-danger",
};

export interface StatusProps {
  readonly tone: Tone;
  /** Animates the dot. */
  readonly busy?: boolean;
  /** On a phone only screen readers get the words. */
  readonly compact?: boolean;
  readonly children: ReactNode;
}

/** A state as a dot and words. Screen readers announce changes politely. */
export function Status({ tone, busy = false, compact = false, children }: StatusProps) {
  return (
    <span role="status" className="inline-flex items-center gap-2 text-sm whitespace-nowrap text-muted">
      <span
        aria-hidden
        className={classNames("size-2 rounded-full", DOTS[tone], busy && "animate-breathe")}
      />
      <span className={compact ? "max-md:sr-only" : undefined}>{children}</span>
    </span>
  );
}

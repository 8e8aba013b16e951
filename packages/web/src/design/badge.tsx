import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { TONE_SOFT, type Tone } from "./tone.ts";

/** A word or a number on something. */
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
  /** Under way: the dot breathes. */
  readonly busy?: boolean;
  /** On a phone the words are for screen readers alone, where the header has no room. */
  readonly compact?: boolean;
  readonly children: ReactNode;
}

/** How it stands, as a dot and words. Changes are told politely. */
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

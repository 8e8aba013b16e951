import { CircleAlert, CircleCheck, Info, type LucideIcon, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { TONE_SOFT, type Tone } from "./tone.ts";

const ICONS: Record<Tone, LucideIcon> = {
  neutral: Info,
  accent: Info,
  positive: CircleCheck,
  caution: TriangleAlert,
  danger: CircleAlert,
};

export interface BannerProps {
  readonly tone?: Tone;
  readonly children: ReactNode;
  readonly action?: ReactNode;
}

/**
 * A line across the page about the page itself: offline, read only. Screen readers announce changes of its words; put
 * counting seconds into `BannerDetail`, which they do not announce.
 */
export function Banner({ tone = "neutral", children, action }: BannerProps) {
  const Icon = ICONS[tone];
  return (
    <div
      role="status"
      className={classNames("flex min-h-9 items-center gap-2.5 px-4 py-1.5 text-sm", TONE_SOFT[tone])}
    >
      <Icon aria-hidden className="size-4 shrink-0" />
      <div className="min-w-0 flex-1">{children}</div>
      {action}
    </div>
  );
}

export function BannerDetail({ children }: { readonly children: ReactNode }) {
  return <span aria-live="off"> {children}</span>;
}

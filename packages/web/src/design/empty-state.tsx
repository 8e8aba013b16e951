import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

export interface EmptyStateProps {
  readonly icon: LucideIcon;
  readonly title: string;
  /** What the user can do. */
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

/** Shown in place of content: why there is none, and what to do. */
export function EmptyState({ icon: Icon, title, children, action }: EmptyStateProps) {
  return (
    <div className="m-auto flex max-w-sm flex-col items-center gap-1 px-6 py-12 text-center text-balance">
      <Icon aria-hidden className="mb-2 size-8 stroke-[1.5] text-muted" />
      <p className="text-lg font-medium">{title}</p>
      {children && <div className="text-muted">{children}</div>}
      {action && <div className="pt-3">{action}</div>}
    </div>
  );
}

import { classNames } from "./class-names.ts";
import { Skeleton } from "./skeleton.tsx";

const WIDTHS = ["w-2/5", "w-3/5", "w-1/3", "w-1/2", "w-2/3"];

export interface MessageSkeletonProps {
  /** Classes of the block. */
  readonly className?: string;
}

/** Shown while messages are loading. */
export function MessageSkeleton({ className }: MessageSkeletonProps) {
  return (
    <div aria-busy className={classNames("flex flex-col gap-5 overflow-hidden py-4", className)}>
      <span role="status" className="sr-only">
        Loading
      </span>
      {WIDTHS.map((width) => (
        <div key={width} className="flex gap-3">
          <Skeleton className="size-7 rounded-full" />
          <div className="flex flex-1 flex-col gap-2">
            <Skeleton className="h-3.5 w-24" />
            <Skeleton className={`h-3.5 ${width}`} />
          </div>
        </div>
      ))}
    </div>
  );
}

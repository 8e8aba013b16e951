import { Hash } from "lucide-react";
import { Button, Skeleton } from "../design/index.ts";

export interface ListTopProps {
  readonly title: string;
  readonly hasMore: boolean;
  /** Whether the user may read older messages. */
  readonly hasHistory: boolean;
  /** Why older messages could not be loaded. */
  readonly fault: string | undefined;
  /** The server has deleted older messages. */
  readonly isTrimmed: boolean;
  readonly onRetry: () => void;
}

/** What is shown above the oldest loaded message. Its height never changes. */
export function ListTop({ title, hasMore, hasHistory, fault, isTrimmed, onRetry }: ListTopProps) {
  return (
    <div className="absolute inset-x-0 top-0 flex h-24 flex-col justify-center gap-2 px-5 max-md:px-4">
      {fault !== undefined ? (
        <p role="alert" className="flex items-center justify-center gap-3 text-sm text-danger">
          <span className="min-w-0 truncate">Couldn't load older messages. {fault}</span>
          <Button size="sm" onClick={onRetry}>
            Try again
          </Button>
        </p>
      ) : hasMore ? (
        <OlderSkeleton />
      ) : (
        <p className="flex items-center gap-3 text-sm text-muted">
          <span className="flex size-8 shrink-0 items-center justify-center rounded-full bg-hover">
            <Hash aria-hidden className="size-4" />
          </span>
          <span className="min-w-0 truncate">
            {hasHistory
              ? isTrimmed
                ? "Older messages have been deleted."
                : `This is the beginning of ${title}.`
              : "You can't see earlier messages: you don't have the permission history."}
          </span>
        </p>
      )}
    </div>
  );
}

function OlderSkeleton() {
  return (
    <div aria-hidden className="flex gap-3">
      <Skeleton className="size-7 rounded-full" />
      <div className="flex flex-1 flex-col gap-2">
        <Skeleton className="h-3.5 w-28" />
        <Skeleton className="h-3.5 w-3/5" />
      </div>
    </div>
  );
}

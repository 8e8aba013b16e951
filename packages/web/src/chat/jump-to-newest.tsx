import { ArrowDown } from "lucide-react";
import { Button } from "../design/index.ts";

export interface JumpToNewestProps {
  /** Messages that the user has not read. */
  readonly unread: number;
  readonly onSelect: () => void;
}

/** A button over the end of the list, shown while the user reads further up. */
export function JumpToNewest({ unread, onSelect }: JumpToNewestProps) {
  return (
    <div role="status" className="pointer-events-none absolute inset-x-0 bottom-3 flex justify-center">
      <Button
        variant={unread > 0 ? "primary" : "secondary"}
        icon={ArrowDown}
        className="pointer-events-auto rounded-full shadow-popup"
        onClick={onSelect}
      >
        {unread > 0 ? inWords(unread) : "Jump to newest"}
      </Button>
    </div>
  );
}

function inWords(count: number): string {
  return count === 1 ? "1 new message" : `${count.toLocaleString()} new messages`;
}

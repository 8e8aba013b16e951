import { ArrowDown } from "lucide-react";
import { Button } from "../design/index.ts";

export interface ToNewestProps {
  /** Messages that came since one has read. */
  readonly unread: number;
  readonly onSelect: () => void;
}

/** Over the end of a list, for who reads further up. */
export function ToNewest({ unread, onSelect }: ToNewestProps) {
  return (
    <div role="status" className="pointer-events-none absolute inset-x-0 bottom-3 flex justify-center">
      <Button
        variant={unread > 0 ? "primary" : "secondary"}
        icon={ArrowDown}
        className="pointer-events-auto rounded-full shadow-popup"
        onClick={onSelect}
      >
        {unread > 0 ? inWords(unread) : "To the newest"}
      </Button>
    </div>
  );
}

function inWords(count: number): string {
  return count === 1 ? "1 new message" : `${count.toLocaleString()} new messages`;
}

import type { Presence } from "@fanfare/client";
import { useFanfare } from "@fanfare/client/react";
import { RotateCw } from "lucide-react";
import { useEffect, useState } from "react";
import { Avatar, Button, Dialog, DialogActions, Skeleton } from "../design/index.ts";

const SINCE = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

export interface MembersDialogProps {
  /** The dialog is open while there is one. */
  readonly room: string | undefined;
  readonly onClose: () => void;
}

/** Who is in a room now. The console itself is not listed, so that watching a room does not change it. */
export function MembersDialog({ room, onClose }: MembersDialogProps) {
  // It stays while the dialog closes.
  const [shown, setShown] = useState(room);
  if (room !== undefined && room !== shown) setShown(room);
  return (
    <Dialog
      open={room !== undefined}
      onOpenChange={(open) => !open && onClose()}
      title={`Members of ${shown ?? ""}`}
      description="The console is not listed as a member."
    >
      {shown !== undefined && <MemberList key={shown} room={shown} />}
    </Dialog>
  );
}

type Answer =
  | { readonly status: "loading" }
  | { readonly status: "here"; readonly presence: Presence }
  | { readonly status: "failed"; readonly reason: string };

function MemberList({ room }: { readonly room: string }) {
  const client = useFanfare();
  const [answer, setAnswer] = useState<Answer>({ status: "loading" });
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each turn asks again.
  useEffect(() => {
    const asked = new AbortController();
    client
      .room(room)
      .fetchMembers({ signal: asked.signal })
      .then(
        (presence) => setAnswer({ status: "here", presence }),
        (error: unknown) => {
          if (asked.signal.aborted) return;
          setAnswer({ status: "failed", reason: error instanceof Error ? error.message : String(error) });
        },
      );
    return () => asked.abort();
  }, [client, room, turn]);
  return (
    <>
      <Members answer={answer} />
      <DialogActions>
        <Button icon={RotateCw} onClick={() => setTurn(turn + 1)}>
          Refresh
        </Button>
      </DialogActions>
    </>
  );
}

function Members({ answer }: { readonly answer: Answer }) {
  if (answer.status === "loading") return <Skeleton className="h-5 w-1/2" />;
  if (answer.status === "failed") return <p className="text-danger">Refused: {answer.reason}</p>;
  const { members, count } = answer.presence;
  if (count === 0) return <p className="text-muted">No members.</p>;
  if (members === undefined)
    return <p className="text-muted">{count.toLocaleString("en")} members: too many to list.</p>;
  return (
    <ul aria-label="Members" className="flex flex-col gap-1">
      {members.map(({ user, since }) => (
        <li key={user} className="flex min-h-8 items-center gap-2.5">
          <Avatar name={user} size="sm" />
          <span dir="auto" className="min-w-0 truncate">
            {user}
          </span>
          <time
            dateTime={new Date(since).toISOString()}
            className="ms-auto shrink-0 text-sm text-muted tabular-nums"
          >
            since {SINCE.format(since)}
          </time>
        </li>
      ))}
    </ul>
  );
}

import type { Room } from "@fanfare/client";
import { useConnection, usePresence, useTyping } from "@fanfare/client/react";
import { Avatar, Skeleton } from "../design/index.ts";
import { dateAndTimeOf } from "./times.ts";

/** The members of the room; while offline, the last known ones. */
export function Members({ room, user }: { readonly room: Room; readonly user: string }) {
  const { members, count } = usePresence(room);
  const { users } = useTyping(room);
  const { status } = useConnection();
  if (count === 0) {
    return (
      <div aria-busy className="flex flex-col gap-3 p-4">
        <Skeleton className="h-5 w-3/4" />
        <Skeleton className="h-5 w-1/2" />
      </div>
    );
  }
  if (members === undefined) {
    return (
      <p className="p-4 text-sm text-muted">{count.toLocaleString()} people are here, too many to list.</p>
    );
  }
  const sorted = members.toSorted(
    (a, b) => Number(b.user === user) - Number(a.user === user) || a.user.localeCompare(b.user),
  );
  return (
    <>
      {status !== "online" && (
        <p className="px-4 pt-2 text-sm text-muted">Last known, before you lost connection.</p>
      )}
      <ul aria-label="Members" className="flex flex-col p-2">
        {sorted.map((member) => (
          <li
            key={member.user}
            title={`Here since ${dateAndTimeOf(member.since)}`}
            className="flex h-8 items-center gap-2.5 px-2 max-md:h-10"
          >
            <Avatar name={member.user} size="sm" />
            <span dir="auto" className="min-w-0 truncate">
              {member.user}
            </span>
            {member.user === user && <span className="shrink-0 text-sm text-muted">you</span>}
            {users.includes(member.user) && <span className="shrink-0 text-sm text-muted">typing</span>}
          </li>
        ))}
      </ul>
    </>
  );
}

/** Shown in place of the members to users who may not see them. */
export function UnseenMembers({ isOff }: { readonly isOff: boolean }) {
  return (
    <p className="p-4 text-sm text-muted">
      {isOff
        ? "This room doesn't show its members."
        : "You can't see who is here, and others can't see you: you don't have the permission presence."}
    </p>
  );
}

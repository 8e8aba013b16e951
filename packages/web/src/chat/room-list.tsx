import { Bell, BellOff, Hash, Plus } from "lucide-react";
import { Avatar, Badge, Button, classNames, IconButton } from "../design/index.ts";
import { SignInLink } from "../identity/sign-in-link.tsx";
import { followLink } from "../state/address.ts";
import { useStore } from "../state/store.ts";
import { NEW_ROOM, roomPath } from "./address.ts";
import { notifying, setNotifying } from "./notifications.ts";
import type { RoomRegistry, RoomSummary } from "./room-registry.ts";

export interface RoomListProps {
  readonly registry: RoomRegistry;
  /** The room that is shown. */
  readonly current: string | undefined;
  readonly user: string;
  /** Undefined for a verified user, whose name cannot be changed here. */
  readonly onRename?: () => void;
  /** Where a guest can sign in. */
  readonly signIn: string | undefined;
}

/** The rooms that the user has opened, and the name of the user. */
export function RoomList({ registry, current, user, onRename, signIn }: RoomListProps) {
  const rooms = useStore(registry.rooms).toSorted((a, b) => a.name.localeCompare(b.name));
  return (
    <div className="flex min-h-full flex-col">
      <nav aria-label="Rooms" className="flex-1 p-2">
        <ul className="flex flex-col gap-px">
          {rooms.map((room) => (
            <RoomLink key={room.name} room={room} isCurrent={room.name === current} />
          ))}
        </ul>
        <a
          href={NEW_ROOM}
          onClick={followLink}
          className="mt-px flex h-8 items-center gap-2 rounded-md px-2 text-muted no-underline transition-colors hover:bg-hover hover:text-ink max-md:h-10"
        >
          <Plus aria-hidden className="size-4 shrink-0" />
          New room
        </a>
      </nav>
      <div className="sticky bottom-0 flex items-center gap-1 border-line border-t bg-canvas p-2">
        {onRename === undefined ? (
          <span className="flex h-8 min-w-0 flex-1 items-center gap-1.5 px-2 font-medium">
            <Avatar name={user} size="sm" />
            <span dir="auto" className="truncate">
              {user}
            </span>
          </span>
        ) : (
          <Button variant="quiet" className="min-w-0 flex-1 justify-start px-2" onClick={onRename}>
            <Avatar name={user} size="sm" />
            <span dir="auto" className="truncate">
              {user}
            </span>
            <span className="sr-only">: change your name</span>
          </Button>
        )}
        {signIn !== undefined && <SignInLink address={signIn} />}
        <NotifyButton />
      </div>
    </div>
  );
}

function RoomLink({
  room: { name, unread },
  isCurrent,
}: {
  readonly room: RoomSummary;
  readonly isCurrent: boolean;
}) {
  const hasNews = unread > 0 && !isCurrent;
  return (
    <li>
      <a
        href={roomPath(name)}
        {...(isCurrent && { "aria-current": "page" as const })}
        onClick={followLink}
        className={classNames(
          "flex h-8 items-center gap-2 rounded-md px-2 no-underline transition-colors max-md:h-10",
          isCurrent ? "bg-accent-soft font-medium text-accent-ink" : "hover:bg-hover",
          !isCurrent && (hasNews ? "font-semibold text-ink" : "text-muted hover:text-ink"),
        )}
      >
        <Hash aria-hidden className="size-4 shrink-0" />
        <span dir="auto" className="min-w-0 flex-1 truncate">
          {name}
        </span>
        {hasNews && (
          <Badge tone="accent">
            {unread > 99 ? "99+" : unread}
            <span className="sr-only"> unread</span>
          </Badge>
        )}
      </a>
    </li>
  );
}

/** The browser asks for permission only after a click. */
function NotifyButton() {
  const state = useStore(notifying);
  if (state === "absent") return null;
  const isOn = state === "on";
  const label =
    state === "denied"
      ? "Notifications are blocked in this browser's settings"
      : isOn
        ? "Turn notifications off"
        : "Notify me while the page is hidden";
  return (
    <IconButton
      icon={isOn ? Bell : BellOff}
      label={label}
      aria-disabled={state === "denied"}
      onClick={() => {
        if (state !== "denied") void setNotifying(!isOn);
      }}
    />
  );
}

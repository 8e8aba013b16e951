import type { FanfareError, Position, Room } from "@fanfare/client";
import { useConnection, useMessages, usePresence, useTyping, useValue } from "@fanfare/client/react";
import { CircleSlash, MessagesSquare } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import { Button, EmptyState, MessageSkeleton } from "../design/index.ts";
import { can, isPermitted, type Permissions, type RoomPermissions } from "../identity/permissions.ts";
import { usePageVisibility } from "../state/page-visibility.ts";
import { useStore } from "../state/store.ts";
import { Announcer } from "./announcer.tsx";
import { useChatRoom } from "./chat-room.ts";
import { Composer, type ComposerHandle } from "./composer.tsx";
import { MessageList, type MessageListHandle } from "./message-list.tsx";
import { listNames, PresenceLines } from "./presence-lines.ts";
import type { RoomRegistry } from "./room-registry.ts";

export interface ConversationProps {
  readonly name: string;
  readonly user: string;
  readonly registry: RoomRegistry;
  readonly permissions: Permissions;
}

/** One room: its messages, who is typing, and the composer. */
export function Conversation({ name, user, registry, permissions }: ConversationProps) {
  const room = useChatRoom(name);
  const permitted = useStore(permissions.of(room.name));
  const state = useValue(room.state);
  const { items } = useMessages(room);
  const [wasLive, setWasLive] = useState(state.status === "live");
  if (state.status === "live" && !wasLive) setWasLive(true);
  else if (state.status === "left" && wasLive) setWasLive(false); // the SDK has dropped the messages
  const [isAtEnd, setAtEnd] = useState(false);
  const isVisible = usePageVisibility();
  const isReading = wasLive && isVisible && (isAtEnd || items.length === 0);
  const [readUpTo, setReadUpTo] = useState(() => registry.lastRead(name));
  const list = useRef<MessageListHandle>(null);
  const composer = useRef<ComposerHandle>(null);
  const presence = usePresenceLines(room, user);

  // While the user reads the end, everything is read. When the user turns away, the line "New" is put there; it stays
  // for as long as there are messages below it.
  const { position } = room;
  useEffect(() => {
    if (isReading && position !== undefined) registry.markRead(name, position);
  }, [isReading, position, registry, name]);
  useEffect(() => {
    if (wasLive) setReadUpTo((line) => line ?? registry.lastRead(name)); // a room that was never opened has no position before it is live
  }, [wasLive, registry, name]);
  useEffect(() => {
    if (!isReading) return;
    setReadUpTo((line) => (isBehind(line, room.position) ? line : undefined));
    return () => setReadUpTo(registry.lastRead(name));
  }, [isReading, registry, name, room]);

  const toNewest = useCallback(() => {
    setReadUpTo(undefined);
    list.current?.toEnd();
  }, []);
  const leaveList = useCallback(
    (why: "escape" | "typing") => {
      if (why === "escape") toNewest();
      composer.current?.focus();
    },
    [toNewest],
  );

  if (state.status === "refused") return <JoinRefused room={room} error={state.error} />;
  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col bg-surface">
      {!wasLive ? (
        <MessageSkeleton className="min-h-0 flex-1 justify-end px-5 max-md:px-4" />
      ) : items.length === 0 ? (
        <EmptyRoom name={name} room={room} permitted={permitted} />
      ) : (
        <MessageList
          ref={list}
          room={room}
          title={`#${name}`}
          user={user}
          presence={presence}
          hasHistory={can(permitted, "history")}
          readUpTo={readUpTo?.epoch === position?.epoch ? readUpTo?.offset : undefined}
          onReading={setAtEnd}
          onLeave={leaveList}
        />
      )}
      <Announcer items={items} user={user} isOn={wasLive && isReading} />
      <TypingLine room={room} />
      {can(permitted, "publish") ? (
        <Composer
          ref={composer}
          key={name}
          room={room}
          name={name}
          registry={registry}
          isReady={permitted !== undefined}
          sendsTyping={can(permitted, "event")}
          onSent={toNewest}
          onEscape={toNewest}
          onUp={() => list.current?.focusLast()}
        />
      ) : (
        <p className="mx-5 mb-4 shrink-0 rounded-md bg-sunken px-3 py-2 text-sm text-muted max-md:mx-2 max-md:mb-2">
          You can read #{name} but not write:{" "}
          {isPermitted(permitted, "publish")
            ? "only others can write here."
            : "you don't have the permission publish."}
        </p>
      )}
    </div>
  );
}

function isBehind(read: Position | undefined, head: Position | undefined): boolean {
  return read !== undefined && head !== undefined && read.epoch === head.epoch && read.offset < head.offset;
}

/** Collects joins and leaves while the room is shown. */
function usePresenceLines(room: Room, user: string): PresenceLines {
  const [presence] = useState(() => new PresenceLines());
  const { items } = useMessages(room);
  const last = useRef<string>(undefined);
  last.current = items.at(-1)?.key;
  useEffect(
    () =>
      room.on("presence", ({ joins, leaves }) => {
        if (last.current === undefined || room.state.value.status !== "live") return;
        const others = joins.map((member) => member.user).filter((name) => name !== user);
        const gone = leaves.filter((name) => name !== user);
        if (others.length + gone.length > 0) presence.add(last.current, others, gone);
      }),
    [room, user, presence],
  );
  return presence;
}

function TypingLine({ room }: { readonly room: Room }) {
  const { users } = useTyping(room);
  const words =
    users.length === 0
      ? ""
      : users.length > 3
        ? "Several people are typing"
        : `${listNames(users, 3)} ${users.length === 1 ? "is" : "are"} typing`;
  return (
    <p role="status" className="flex h-6 shrink-0 items-center truncate px-5 text-sm text-muted max-md:px-4">
      {words !== "" && (
        <>
          <span aria-hidden className="mr-2 flex animate-breathe gap-0.5">
            <i className="size-1 rounded-full bg-muted" />
            <i className="size-1 rounded-full bg-muted" />
            <i className="size-1 rounded-full bg-muted" />
          </span>
          <span className="truncate">{words}</span>
        </>
      )}
    </p>
  );
}

function EmptyRoom({
  name,
  room,
  permitted,
}: {
  readonly name: string;
  readonly room: Room;
  readonly permitted: RoomPermissions | undefined;
}) {
  const { count } = usePresence(room);
  if (!can(permitted, "history")) {
    return (
      <EmptyState icon={MessagesSquare} title={`You are in #${name}`}>
        New messages appear here. You can't see earlier ones.
      </EmptyState>
    );
  }
  const firstWord = can(permitted, "publish") ? " Write the first message, or share the link." : "";
  return (
    <EmptyState icon={MessagesSquare} title={`No messages in #${name} yet`}>
      {count === 1 && "You are the only one here."}
      {count > 1 && `${count} people are here.`}
      {firstWord}
    </EmptyState>
  );
}

function JoinRefused({ room, error }: { readonly room: Room; readonly error: FanfareError }) {
  const connection = useConnection();
  const again = () => void room.join().catch(() => {});
  if (connection.status === "closed")
    return <MessageSkeleton className="min-h-0 flex-1 justify-end px-5 max-md:px-4" />;
  return (
    <EmptyState
      icon={CircleSlash}
      title={error.code === "forbidden" ? "You can't join this room" : "This room can't be joined"}
      action={<Button onClick={again}>Try again</Button>}
    >
      {error.message}
    </EmptyState>
  );
}

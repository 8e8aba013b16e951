import { useOutbox } from "@fanfare/client/react";
import { Ellipsis, Keyboard, Link, LogOut, MessagesSquare, Plus } from "lucide-react";
import { useEffect, useState } from "react";
import {
  Button,
  Dialog,
  EmptyState,
  IconButton,
  Menu,
  MenuItem,
  MenuSeparator,
  notify,
  Shell,
} from "../design/index.ts";
import { LONGEST_GUEST } from "../identity/identity.ts";
import { OriginBanner } from "../identity/origin-banner.tsx";
import { SessionBanner } from "../identity/session-banner.tsx";
import { signInOf } from "../identity/sign-in-link.tsx";
import { LONGEST_USER } from "../identity/user-name.ts";
import { navigate } from "../state/address.ts";
import { useStore } from "../state/store.ts";
import type { Account, ChatUser } from "./account.ts";
import { NEW_ROOM, roomPath, useIsNewRoom } from "./address.ts";
import { ConnectionBanner } from "./connection-banner.tsx";
import { Conversation } from "./conversation.tsx";
import { RoomSwitcher, Shortcuts } from "./lazy-dialogs.ts";
import { MembersButton, MembersPanel } from "./members-panel.tsx";
import { NameClash } from "./name-clash.tsx";
import { RenameForm, RoomForm } from "./room-forms.tsx";
import { RoomList } from "./room-list.tsx";
import { readAddressedRoom } from "./room-name.ts";
import type { RoomRegistry } from "./room-registry.ts";
import { RoomSubscription } from "./room-subscription.tsx";
import { useShortcuts } from "./use-shortcuts.ts";
import { useTitle } from "./use-title.ts";

/** Rooms that are joined at once: those that were opened last. */
const MOST_JOINED = 20;

type Asking = "name" | "switcher" | "shortcuts";

export interface WorkspaceProps {
  readonly account: Account;
  readonly chatUser: ChatUser;
  readonly registry: RoomRegistry;
  /** The room that the address names. */
  readonly text: string | undefined;
}

/** The list of rooms, and the room that is open. */
export function Workspace({
  account,
  chatUser: { kind, name: user, nameChosenAt },
  registry,
  text,
}: WorkspaceProps) {
  const rooms = useStore(registry.rooms);
  const { pending } = useOutbox();
  const { identity } = account;
  const { permissions } = identity;
  const standing = useStore(identity.auth);
  const result = text === undefined ? undefined : readAddressedRoom(text);
  const current = result?.ok ? result.name : undefined;
  const [asking, setAsking] = useState<Asking>();
  const [hasMembers, setMembers] = useState(true);
  const [hasSheet, setSheet] = useState(false);
  const [last] = rooms;
  const isNew = useIsNewRoom();

  useEffect(() => {
    if (current !== undefined) registry.open(current);
    else if (text === undefined && !isNew && last !== undefined)
      navigate(roomPath(last.name), { replace: true });
  }, [current, text, isNew, last, registry]);
  useTitle(rooms, current);
  useShortcuts(rooms, current, setAsking);

  const open = (name: string) => {
    setAsking(undefined);
    navigate(roomPath(name));
  };
  const leave = (name: string) => {
    registry.remove(name);
    const next = rooms.find((room) => room.name !== name);
    navigate(next === undefined ? "/" : roomPath(next.name));
  };
  const dialog = (which: Asking) => ({
    open: asking === which,
    onOpenChange: (isOpen: boolean) => setAsking(isOpen ? which : undefined),
  });
  const joined = rooms.slice(0, MOST_JOINED).map(({ name }) => name);
  return (
    <Shell
      page="chat"
      {...(current !== undefined && { title: `#${current}` })}
      actions={
        <>
          {current !== undefined && (
            <MembersButton
              name={current}
              isOpen={hasMembers}
              onPanel={() => setMembers(!hasMembers)}
              onSheet={() => setSheet(true)}
            />
          )}
          <Menu trigger={<IconButton icon={Ellipsis} label="More" />}>
            {current !== undefined && (
              <MenuItem icon={Link} onSelect={() => void copyLink(current)}>
                Copy link to room
              </MenuItem>
            )}
            <MenuItem icon={Plus} onSelect={() => navigate(NEW_ROOM)}>
              New room
            </MenuItem>
            <MenuItem icon={Keyboard} onSelect={() => setAsking("shortcuts")}>
              Keyboard shortcuts
            </MenuItem>
            {current !== undefined && (
              <>
                <MenuSeparator />
                <MenuItem icon={LogOut} onSelect={() => leave(current)}>
                  Leave room
                </MenuItem>
              </>
            )}
          </Menu>
        </>
      }
      banner={
        <>
          <OriginBanner identity={identity}>
            <ConnectionBanner room={current} />
          </OriginBanner>
          <SessionBanner identity={identity} />
          {current !== undefined && kind !== "user" && nameChosenAt !== undefined && (
            <NameClash
              room={current}
              user={user}
              nameChosenAt={nameChosenAt}
              onRename={() => setAsking("name")}
            />
          )}
        </>
      }
      sidebar={{
        label: "Rooms",
        content: (
          <RoomList
            registry={registry}
            current={current}
            user={user}
            signIn={signInOf(standing)}
            {...(kind !== "user" && { onRename: () => setAsking("name") })}
          />
        ),
      }}
    >
      {joined.map((name) => (
        <RoomSubscription
          key={name}
          name={name}
          user={user}
          registry={registry}
          isShown={name === current}
          permissions={permissions}
        />
      ))}
      {current !== undefined ? (
        <div className="flex min-h-0 flex-1">
          <Conversation
            key={current}
            name={current}
            user={user}
            registry={registry}
            permissions={permissions}
          />
          <MembersPanel
            name={current}
            user={user}
            permissions={permissions}
            isOpen={hasMembers}
            isSheetOpen={hasSheet}
            onSheetOpenChange={setSheet}
          />
        </div>
      ) : (
        <NoRoom text={text} isNew={isNew} onOpen={open} />
      )}
      <Dialog {...dialog("name")} title="Change your name">
        <RenameForm
          name={identity.name ?? user}
          longest={kind === "guest" ? LONGEST_GUEST : LONGEST_USER}
          pending={pending}
          onRename={(name) => {
            setAsking(undefined);
            account.setName(name);
          }}
        />
      </Dialog>
      <RoomSwitcher {...dialog("switcher")} rooms={rooms} onOpen={open} />
      <Shortcuts {...dialog("shortcuts")} />
    </Shell>
  );
}

async function copyLink(name: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(new URL(roomPath(name), location.href).href);
    notify({ title: "Link copied" });
  } catch {
    notify({ title: "Not copied", description: "The browser didn't allow it." });
  }
}

/** Shown without a room: the user wants a new one, has opened none yet, or the address names none. */
function NoRoom({
  text,
  isNew,
  onOpen,
}: {
  readonly text: string | undefined;
  readonly isNew: boolean;
  readonly onOpen: (name: string) => void;
}) {
  if (isNew || text !== undefined) {
    return (
      <div className="flex min-h-0 flex-1 overflow-y-auto p-4">
        <div className="m-auto flex w-full max-w-sm flex-col gap-4">
          <h2 className="text-xl font-semibold">{isNew ? "Open a room" : "No such room"}</h2>
          <RoomForm key={text} {...(text !== undefined && { text })} onOpen={onOpen} />
        </div>
      </div>
    );
  }
  return (
    <EmptyState
      icon={MessagesSquare}
      title="You haven't joined a room"
      action={
        <Button variant="primary" icon={Plus} onClick={() => navigate(NEW_ROOM)}>
          Open a room
        </Button>
      }
    >
      Open one and share its link.
    </EmptyState>
  );
}

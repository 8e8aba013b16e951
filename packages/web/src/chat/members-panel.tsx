import { usePresence, useValue } from "@fanfare/client/react";
import { Users } from "lucide-react";
import { Button, ScrollRegion, Sheet } from "../design/index.ts";
import { can, type Permissions } from "../identity/permissions.ts";
import { useStore } from "../state/store.ts";
import { useChatRoom } from "./chat-room.ts";
import { Members, UnseenMembers } from "./members.tsx";

/** Screens that are wide enough for a panel beside the conversation. */
const IS_WIDE = matchMedia("(width >= 64rem)");

export interface MembersButtonProps {
  readonly name: string;
  readonly isOpen: boolean;
  readonly onPanel: () => void;
  readonly onSheet: () => void;
}

export function MembersButton({ name, isOpen, onPanel, onSheet }: MembersButtonProps) {
  const room = useChatRoom(name);
  const { count } = usePresence(room);
  if (useValue(room.state).status === "refused") return null;
  return (
    <Button
      variant="quiet"
      icon={Users}
      aria-expanded={IS_WIDE.matches && isOpen}
      className="px-2 tabular-nums"
      onClick={() => (IS_WIDE.matches ? onPanel() : onSheet())}
    >
      {count > 0 && count.toLocaleString()}
      <span className="sr-only">{count === 1 ? " member" : " members"}</span>
    </Button>
  );
}

export interface MembersPanelProps {
  readonly name: string;
  readonly user: string;
  readonly permissions: Permissions;
  readonly isOpen: boolean;
  readonly isSheetOpen: boolean;
  readonly onSheetOpenChange: (open: boolean) => void;
}

/** The members, beside the conversation or, on a narrow screen, in a sheet over it. */
export function MembersPanel({
  name,
  user,
  permissions,
  isOpen,
  isSheetOpen,
  onSheetOpenChange,
}: MembersPanelProps) {
  const room = useChatRoom(name);
  const permitted = useStore(permissions.of(room.name));
  if (useValue(room.state).status === "refused") return null;
  const members = can(permitted, "presence") ? (
    <Members room={room} user={user} />
  ) : (
    <UnseenMembers isOff={permitted?.off.includes("presence") === true} />
  );
  return (
    <>
      {isOpen && (
        <aside
          aria-label="Members"
          className="flex w-56 shrink-0 flex-col border-line border-l bg-canvas max-lg:hidden"
        >
          <h2 className="px-4 pt-3 text-sm font-semibold text-muted">In this room</h2>
          <ScrollRegion label="Who is in this room" className="min-h-0 flex-1">
            {members}
          </ScrollRegion>
        </aside>
      )}
      <Sheet open={isSheetOpen} onOpenChange={onSheetOpenChange} title="In this room" side="right">
        {members}
      </Sheet>
    </>
  );
}

import { Play, Square, StickyNote } from "lucide-react";
import { Banner, Button, EmptyState, MessageSkeleton, Shell, Status } from "../design/index.ts";
import type { Identity } from "../identity/identity.ts";
import { OriginBanner } from "../identity/origin-banner.tsx";
import { can, isPermitted, type RoomPermissions } from "../identity/permissions.ts";
import { SessionBanner } from "../identity/session-banner.tsx";
import { GuestSignIn } from "../identity/sign-in-link.tsx";
import { useStore } from "../state/store.ts";
import type { BoardConnection, BoardState } from "./board-connection.ts";
import { NoteForm } from "./note-form.tsx";
import { NoteList } from "./note-list.tsx";

export interface BoardProps {
  readonly board: BoardConnection;
  readonly identity: Identity;
  readonly permitted: RoomPermissions | undefined;
  /** Differs between users. */
  readonly userKey: string;
}

/** The shared message board: one WebSocket, no SDK. */
export function Board({ board, identity, permitted, userKey }: BoardProps) {
  const view = useStore(board.view);
  const { state, notes, count, wasReset } = view;
  return (
    <Shell
      page="board"
      actions={
        <>
          <GuestSignIn identity={identity} />
          <ConnectionControl board={board} state={state} />
        </>
      }
      banner={
        <>
          <OriginBanner identity={identity} />
          {wasReset && <Banner>The board was reset while you were away.</Banner>}
          {!can(permitted, "history") && (
            <Banner>
              You can't see notes from before you joined: you don't have the permission history.
            </Banner>
          )}
          <SessionBanner identity={identity} />
        </>
      }
    >
      <div className="border-line border-b bg-surface">
        {can(permitted, "publish") ? (
          <NoteForm board={board} view={view} userKey={userKey} />
        ) : (
          <p className="mx-auto w-full max-w-3xl px-5 py-4 text-sm text-muted max-md:px-4">
            You can read the board but not post
            {!isPermitted(permitted, "publish") && ": you don't have the permission publish"}.
          </p>
        )}
      </div>
      {count > 0 ? (
        <NoteList notes={notes} count={count} />
      ) : (
        <EmptyBoard board={board} state={state} permitted={permitted} />
      )}
    </Shell>
  );
}

function ConnectionControl({
  board,
  state,
}: {
  readonly board: BoardConnection;
  readonly state: BoardState;
}) {
  const isOff = state.status === "stopped" || state.status === "refused";
  return (
    <>
      <ConnectionStatus state={state} />
      {isOff ? (
        <Button size="sm" icon={Play} onClick={() => board.start()}>
          Start
        </Button>
      ) : (
        <Button size="sm" icon={Square} onClick={() => board.stop()}>
          Stop
        </Button>
      )}
    </>
  );
}

function ConnectionStatus({ state }: { readonly state: BoardState }) {
  switch (state.status) {
    case "online":
      return <Status tone="positive">Connected</Status>;
    case "connecting":
      return (
        <Status tone="caution" busy>
          Connecting
        </Status>
      );
    case "waiting":
      return (
        <Status tone="caution" busy>
          Reconnecting
        </Status>
      );
    case "stopped":
      return <Status tone="neutral">Stopped</Status>;
    case "refused":
      return <Status tone="danger">Refused</Status>;
  }
}

function EmptyBoard({
  board,
  state,
  permitted,
}: {
  readonly board: BoardConnection;
  readonly state: BoardState;
  readonly permitted: RoomPermissions | undefined;
}) {
  switch (state.status) {
    case "connecting":
    case "waiting":
      return <MessageSkeleton className="mx-auto w-full max-w-3xl px-5" />;
    case "online":
      return (
        <EmptyState
          icon={StickyNote}
          title={can(permitted, "history") ? "The board is empty" : "No notes yet"}
        >
          {can(permitted, "publish")
            ? "Post a note: everyone who has this page open sees it at once."
            : "New notes appear here as they are posted."}
        </EmptyState>
      );
    case "stopped":
    case "refused":
      return (
        <EmptyState
          icon={StickyNote}
          title="Not connected"
          action={
            <Button icon={Play} onClick={() => board.start()}>
              Connect
            </Button>
          }
        >
          {state.status === "refused" ? `Not connected: ${state.reason}.` : "Connect to see new notes."}
        </EmptyState>
      );
  }
}

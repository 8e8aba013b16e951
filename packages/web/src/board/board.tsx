import { Play, Square, StickyNote } from "lucide-react";
import { useSyncExternalStore } from "react";
import { Banner, Button, EmptyState, MessageSkeleton, Shell, Status } from "../design/index.ts";
import type { Identity } from "../identity/identity.ts";
import { GuestSignIn } from "../identity/sign-in.tsx";
import type { BoardConnection, BoardState } from "./board-connection.ts";
import { NoteForm } from "./note-form.tsx";
import { NoteList } from "./note-list.tsx";

export interface BoardProps {
  readonly board: BoardConnection;
  readonly identity: Identity;
}

/** The shared message board: one WebSocket, no SDK. */
export function Board({ board, identity }: BoardProps) {
  const view = useSyncExternalStore(board.subscribe, board.view);
  const { state, notes, count, begunAnew } = view;
  return (
    <Shell
      page="board"
      actions={
        <>
          <GuestSignIn identity={identity} />
          <Connection board={board} state={state} />
        </>
      }
      banner={begunAnew && <Banner>The board was another one after the break; this is all of it.</Banner>}
    >
      <div className="border-line border-b bg-surface">
        <NoteForm board={board} view={view} />
      </div>
      {count > 0 ? <NoteList notes={notes} count={count} /> : <Nothing board={board} state={state} />}
    </Shell>
  );
}

function Connection({ board, state }: { readonly board: BoardConnection; readonly state: BoardState }) {
  const isOff = state.status === "stopped" || state.status === "refused";
  return (
    <>
      <Standing state={state} />
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

function Standing({ state }: { readonly state: BoardState }) {
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

function Nothing({ board, state }: { readonly board: BoardConnection; readonly state: BoardState }) {
  switch (state.status) {
    case "connecting":
    case "waiting":
      return <MessageSkeleton className="mx-auto w-full max-w-3xl px-5" />;
    case "online":
      return (
        <EmptyState icon={StickyNote} title="The board is empty">
          Put up the first note: everyone who has this page open sees it at once.
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
              Start the connection
            </Button>
          }
        >
          {state.status === "refused"
            ? `There is no connection: ${state.reason}.`
            : "Notes come in while the connection is up."}
        </EmptyState>
      );
  }
}

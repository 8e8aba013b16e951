import { FanfareProvider, useOutbox } from "@fanfare/client/react";
import { Shell } from "../design/index.ts";
import { Gate } from "../identity/gate.tsx";
import { navigate } from "../state/address.ts";
import { useStore } from "../state/store.ts";
import type { Account } from "./account.ts";
import { roomPath, useRoomText } from "./address.ts";
import { EntryForm } from "./forms.tsx";
import type { RoomBook } from "./room-book.ts";
import { Workspace, type WorkspaceProps } from "./workspace.tsx";

/** Asks who one is, once; then the rooms. */
export function Chat({ account, book }: { readonly account: Account; readonly book: RoomBook }) {
  const text = useRoomText();
  const signedIn = useStore(account.signedIn);
  const { status } = useStore(account.identity.standing);
  if (signedIn !== undefined) {
    return (
      <FanfareProvider client={signedIn.client}>
        <Rooms account={account} signedIn={signedIn} book={book} text={text} />
      </FanfareProvider>
    );
  }
  if (status === "out")
    return (
      <Gate page="chat" identity={account.identity}>
        {null}
      </Gate>
    );
  return (
    <Shell page="chat">
      <div className="flex min-h-0 flex-1 overflow-y-auto p-4">
        <EntryForm
          key={text}
          room={text}
          onEnter={(user, room) => {
            account.pick(user);
            navigate(roomPath(room), { replace: text === undefined });
          }}
        />
      </div>
    </Shell>
  );
}

function Rooms(props: WorkspaceProps) {
  const { pending } = useOutbox();
  const { kind, name } = props.signedIn;
  const waiting = pending === 0 ? undefined : pending === 1 ? "1 message" : `${pending} messages`;
  return (
    <Gate page="chat" identity={props.account.identity} waiting={waiting}>
      <Workspace key={`${kind} ${name}`} {...props} />
    </Gate>
  );
}

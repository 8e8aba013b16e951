import { FanfareProvider, useOutbox } from "@fanfare/client/react";
import { Shell } from "../design/index.ts";
import { AuthGate } from "../identity/auth-gate.tsx";
import { navigate } from "../state/address.ts";
import { useStore } from "../state/store.ts";
import type { Account } from "./account.ts";
import { roomPath, useRoomText } from "./address.ts";
import { JoinForm } from "./room-forms.tsx";
import type { RoomRegistry } from "./room-registry.ts";
import { Workspace, type WorkspaceProps } from "./workspace.tsx";

/** Asks for a name, once; then shows the rooms. */
export function Chat({ account, registry }: { readonly account: Account; readonly registry: RoomRegistry }) {
  const text = useRoomText();
  const chatUser = useStore(account.chatUser);
  const { status } = useStore(account.identity.auth);
  if (chatUser !== undefined) {
    return (
      <FanfareProvider client={chatUser.client}>
        <Rooms account={account} chatUser={chatUser} registry={registry} text={text} />
      </FanfareProvider>
    );
  }
  if (status === "out")
    return (
      <AuthGate page="chat" identity={account.identity}>
        {null}
      </AuthGate>
    );
  return (
    <Shell page="chat">
      <div className="flex min-h-0 flex-1 overflow-y-auto p-4">
        <JoinForm
          key={text}
          room={text}
          onEnter={(user, room) => {
            account.setName(user);
            navigate(roomPath(room), { replace: text === undefined });
          }}
        />
      </div>
    </Shell>
  );
}

function Rooms(props: WorkspaceProps) {
  const { pending } = useOutbox();
  const { kind, name } = props.chatUser;
  const waiting = pending === 0 ? undefined : pending === 1 ? "1 message" : `${pending} messages`;
  return (
    <AuthGate page="chat" identity={props.account.identity} waiting={waiting}>
      <Workspace key={`${kind} ${name}`} {...props} />
    </AuthGate>
  );
}

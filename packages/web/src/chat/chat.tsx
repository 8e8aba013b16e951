import { FanfareProvider, useOutbox } from "@fanfare/client/react";
import { Shell } from "../design/index.ts";
import type { Identity } from "../identity/identity.ts";
import { SignIn } from "../identity/sign-in.tsx";
import { useStore } from "../state/store.ts";
import type { Account } from "./account.ts";
import { goTo, roomPath, useRoomText } from "./address.ts";
import { EntryForm } from "./forms.tsx";
import type { RoomBook } from "./room-book.ts";
import { Workspace } from "./workspace.tsx";

/** Asks who one is, once; then the rooms. */
export function Chat({ account, book }: { readonly account: Account; readonly book: RoomBook }) {
  const text = useRoomText();
  const signedIn = useStore(account.signedIn);
  const { status } = useStore(account.identity.standing);
  if (status === "out") {
    return (
      <Shell page="chat">
        {signedIn === undefined ? (
          <SignIn identity={account.identity} />
        ) : (
          <FanfareProvider client={signedIn.client}>
            <SignInAgain identity={account.identity} />
          </FanfareProvider>
        )}
      </Shell>
    );
  }
  if (signedIn === undefined) {
    return (
      <Shell page="chat">
        <div className="flex min-h-0 flex-1 overflow-y-auto p-4">
          <EntryForm
            key={text}
            room={text}
            onEnter={(user, room) => {
              account.pick(user);
              goTo(roomPath(room), { replace: text === undefined });
            }}
          />
        </div>
      </Shell>
    );
  }
  return (
    <FanfareProvider client={signedIn.client}>
      <Workspace
        key={`${signedIn.kind} ${signedIn.name}`}
        account={account}
        signedIn={signedIn}
        book={book}
        text={text}
      />
    </FanfareProvider>
  );
}

function SignInAgain({ identity }: { readonly identity: Identity }) {
  const { pending } = useOutbox();
  const waiting = pending === 0 ? undefined : pending === 1 ? "1 message" : `${pending} messages`;
  return <SignIn identity={identity} waiting={waiting} />;
}

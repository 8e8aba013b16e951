import { type FormEvent, useState } from "react";
import { Button, TextField } from "../design/index.ts";
import { useStore } from "../state/store.ts";
import { guestName, type Identity, LONGEST_GUEST } from "./identity.ts";
import { SignInLink } from "./sign-in-link.tsx";
import { readUserName } from "./user-name.ts";

export interface SignInProps {
  readonly identity: Identity;
  /** What waits to be sent for whoever was here: "2 messages". */
  readonly waiting?: string | undefined;
  /** A page is behind it, to which one comes back: what stands in its fields is not to be lost. */
  readonly keepsPage?: boolean;
}

/** Where nobody is let in who has not signed in: where to do that, and whether there is another way. */
export function SignIn({ identity, waiting, keepsPage = false }: SignInProps) {
  const standing = useStore(identity.standing);
  if (standing.status === "in") return null;
  const { was, error, signIn, guests } = standing;
  return (
    <div className="flex min-h-0 flex-1 overflow-y-auto p-4">
      <div className="m-auto flex w-full max-w-sm flex-col gap-4 rounded-lg border border-line bg-surface p-6 max-md:border-0 max-md:bg-transparent">
        <div className="flex flex-col gap-1">
          <h2 className="text-xl font-semibold">{was === undefined ? "Sign in" : "Sign in again"}</h2>
          <p role="status" className="break-words text-muted">
            {was === undefined ? "You are not signed in here." : `You are not signed in any more as ${was}.`}
            {error !== undefined && ` ${error}`}
            {signIn === undefined && " Sign in where you have your account, then come back to this page."}
          </p>
          {waiting !== undefined && was !== undefined && (
            <p className="break-words text-muted">
              Sent once {was} is back: {waiting}.
            </p>
          )}
        </div>
        <div className="flex items-center gap-2">
          {signIn !== undefined && <SignInLink address={signIn} isPrimary inNewTab={keepsPage} />}
          <Button variant={signIn === undefined ? "primary" : "quiet"} onClick={() => void identity.ask()}>
            Check again
          </Button>
        </div>
        {guests && <GuestForm identity={identity} />}
      </div>
    </div>
  );
}

function GuestForm({ identity }: { readonly identity: Identity }) {
  const [text, setText] = useState(identity.name ?? "");
  const [error, setError] = useState<string>();
  const result = readUserName(text, LONGEST_GUEST);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (result.ok) identity.goOnAsGuest(result.name);
    else setError(result.error);
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4 border-line border-t pt-4">
      <TextField
        label="Your name"
        hint={`Others see you as ${result.ok ? guestName(result.name) : "guest-, and your name"}.`}
        autoComplete="nickname"
        value={text}
        limit={LONGEST_GUEST}
        error={error}
        onValue={(value) => {
          setText(value);
          setError(undefined);
        }}
      />
      <Button type="submit" className="self-start">
        Go on as a guest
      </Button>
    </form>
  );
}

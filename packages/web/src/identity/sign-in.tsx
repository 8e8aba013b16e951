import { type FormEvent, useState } from "react";
import { Button, TextField } from "../design/index.ts";
import { useStore } from "../state/store.ts";
import { guestName, type Identity, LONGEST_GUEST } from "./identity.ts";
import { SignInLink } from "./sign-in-link.tsx";
import { readUserName } from "./user-name.ts";

export interface SignInProps {
  readonly identity: Identity;
  /** What waits to be sent for the user who was signed in: "2 messages". */
  readonly waiting?: string | undefined;
  /** A page with unsaved fields is hidden behind this one, so the login opens in another tab. */
  readonly keepsPage?: boolean;
}

/** Shown to users whom the server does not admit: where to sign in, and how to go on as a guest if guests are allowed. */
export function SignIn({ identity, waiting, keepsPage = false }: SignInProps) {
  const auth = useStore(identity.auth);
  if (auth.status === "in") return null;
  const { lastUser, error, signIn, guests } = auth;
  return (
    <div className="flex min-h-0 flex-1 overflow-y-auto p-4">
      <div className="m-auto flex w-full max-w-sm flex-col gap-4 rounded-lg border border-line bg-surface p-6 max-md:border-0 max-md:bg-transparent">
        <div className="flex flex-col gap-1">
          <h2 className="text-xl font-semibold">{lastUser === undefined ? "Sign in" : "Sign in again"}</h2>
          <p role="status" className="break-words text-muted">
            {lastUser === undefined ? "You aren't signed in." : `You are no longer signed in as ${lastUser}.`}
            {error !== undefined && ` ${error}`}
            {signIn === undefined && " Sign in where your account is, then come back to this page."}
          </p>
          {waiting !== undefined && lastUser !== undefined && (
            <p className="break-words text-muted">
              Sent once {lastUser} is back: {waiting}.
            </p>
          )}
        </div>
        <div className="flex items-center gap-2">
          {signIn !== undefined && <SignInLink address={signIn} isPrimary inNewTab={keepsPage} />}
          <Button
            variant={signIn === undefined ? "primary" : "quiet"}
            onClick={() => void identity.refresh()}
          >
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
    if (result.ok) identity.continueAsGuest(result.name);
    else setError(result.error);
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4 border-line border-t pt-4">
      <TextField
        label="Your name"
        hint={`Others see you as ${result.ok ? guestName(result.name) : "guest- and your name"}.`}
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
        Continue as a guest
      </Button>
    </form>
  );
}

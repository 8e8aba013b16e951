import { LogIn } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Button, TextField } from "../design/index.ts";
import { useStore } from "../state/store.ts";
import { guestName, type Identity, LONGEST_GUEST, type Standing } from "./identity.ts";
import { readUserName } from "./user-name.ts";

export interface SignInProps {
  readonly identity: Identity;
  /** What waits to be sent for whoever was here: "2 messages". */
  readonly waiting?: string | undefined;
}

/** Where nobody is let in who has not signed in: where to do that, and whether there is another way. */
export function SignIn({ identity, waiting }: SignInProps) {
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
          {signIn !== undefined && <SignInLink address={signIn} isPrimary />}
          <Button variant={signIn === undefined ? "primary" : "quiet"} onClick={() => void identity.ask()}>
            Check again
          </Button>
        </div>
        {guests && <GuestForm identity={identity} />}
      </div>
    </div>
  );
}

/** To the login; for a guest as well. */
export function SignInLink({
  address,
  isPrimary = false,
}: {
  readonly address: string;
  readonly isPrimary?: boolean;
}) {
  const look = isPrimary
    ? "h-8 bg-accent px-3 text-on-accent hover:bg-accent-hover max-md:h-10"
    : "h-7 border border-line bg-surface px-2.5 text-sm text-ink hover:bg-hover max-md:h-10";
  return (
    <a
      href={address}
      className={`inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap no-underline transition-colors ${look}`}
    >
      <LogIn aria-hidden className="size-4 shrink-0" />
      Sign in
    </a>
  );
}

function GuestForm({ identity }: { readonly identity: Identity }) {
  const [text, setText] = useState(identity.name ?? "");
  const [fault, setFault] = useState<string>();
  const naming = readUserName(text, LONGEST_GUEST);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if ("fault" in naming) setFault(naming.fault);
    else identity.goOnAsGuest(naming.name);
  };
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4 border-line border-t pt-4">
      <TextField
        label="Your name"
        hint={`Others see you as ${"name" in naming ? guestName(naming.name) : "guest-, and your name"}.`}
        autoComplete="nickname"
        value={text}
        limit={LONGEST_GUEST}
        error={fault}
        onValue={(value) => {
          setText(value);
          setFault(undefined);
        }}
      />
      <Button type="submit" className="self-start">
        Go on as a guest
      </Button>
    </form>
  );
}

/** For a page's header: a guest may still sign in. */
export function GuestSignIn({ identity }: { readonly identity: Identity }) {
  const address = signInOf(useStore(identity.standing));
  return address === undefined ? null : <SignInLink address={address} />;
}

export function signInOf(standing: Standing): string | undefined {
  return standing.status === "in" && standing.who.kind === "guest" ? standing.who.signIn : undefined;
}

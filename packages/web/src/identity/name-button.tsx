import { UserRound } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Avatar, Button, Dialog, DialogActions, TextField } from "../design/index.ts";
import { useStore } from "../state/store.ts";
import { type Identity, LONGEST_GUEST } from "./identity.ts";
import { SignInLink, signInOf } from "./sign-in-link.tsx";
import { LONGEST_USER, readUserName } from "./user-name.ts";

/** The name of the user. A name that is not verified can be changed here. */
export function NameButton({ identity }: { readonly identity: Identity }) {
  const auth = useStore(identity.auth);
  const [isOpen, setOpen] = useState(false);
  if (auth.status === "out") return null;
  const { kind, name } = auth.user;
  if (kind === "user") return <UserName name={name} />;
  const signIn = signInOf(auth);
  return (
    <>
      <Button
        variant={name === undefined ? "secondary" : "quiet"}
        size="sm"
        className="max-w-40 min-w-0 max-md:h-10 max-md:px-2"
        onClick={() => setOpen(true)}
      >
        {name === undefined ? <UserRound aria-hidden className="size-4" /> : <Avatar name={name} size="sm" />}
        <span dir="auto" className="truncate max-md:sr-only">
          {name ?? "Add your name"}
        </span>
        {name !== undefined && <span className="sr-only">(change your name)</span>}
      </Button>
      {signIn !== undefined && <SignInLink address={signIn} />}
      <Dialog
        open={isOpen}
        onOpenChange={setOpen}
        title="Your name"
        description="Others see it beside your changes. The chat uses it as well."
      >
        <NameForm
          name={identity.name ?? ""}
          longest={kind === "guest" ? LONGEST_GUEST : LONGEST_USER}
          onName={(picked) => identity.setName(picked)}
          onEnd={() => setOpen(false)}
        />
      </Dialog>
    </>
  );
}

/** The name of a user who has signed in. */
export function UserName({ name }: { readonly name: string }) {
  return (
    <span className="flex max-w-40 min-w-0 items-center gap-1.5 px-2.5 text-sm font-medium max-md:px-1">
      <Avatar name={name} size="sm" />
      <span dir="auto" className="truncate max-md:sr-only">
        {name}
      </span>
    </span>
  );
}

interface NameFormProps {
  readonly name: string;
  readonly longest: number;
  readonly onName: (name: string) => void;
  readonly onEnd: () => void;
}

function NameForm({ name, longest, onName, onEnd }: NameFormProps) {
  const [text, setText] = useState(name);
  const [error, setError] = useState<string>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const result = readUserName(text, longest);
    if (!result.ok) return setError(result.error);
    onName(result.name);
    onEnd();
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <TextField
        label="Name"
        autoComplete="nickname"
        value={text}
        limit={longest}
        error={error}
        onValue={(value) => {
          setText(value);
          setError(undefined);
        }}
      />
      <DialogActions>
        <Button onClick={onEnd}>Cancel</Button>
        <Button type="submit" variant="primary">
          Save name
        </Button>
      </DialogActions>
    </form>
  );
}
